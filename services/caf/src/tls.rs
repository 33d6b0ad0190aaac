//! TLS that trusts the exchange's authority and nobody else.

use std::{path::Path, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    version::{TLS12, TLS13},
};

use crate::{Error, Result};

/// Chooses the cryptography of rustls for the process; calling it again changes nothing.
pub fn install_provider() {
    // an error says only that one is installed already
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
}

/// Where a client's certificate and key stand.
#[derive(Clone, Copy, Debug)]
pub struct Identity<'a> {
    pub certificate: &'a Path,
    pub key: &'a Path,
}

/// A client's configuration: trust in `ca` alone; no identity to show where
/// there is none (tests see such a client refused).
///
/// # Errors
/// When a file cannot be read, or key and certificate do not belong together.
pub fn client_config(ca: &Path, identity: Option<Identity<'_>>) -> Result<Arc<ClientConfig>> {
    install_provider();
    let mut roots = RootCertStore::empty();
    for authority in certificates(ca)? {
        roots.add(authority).map_err(|cause| Error::failed(unusable(ca), cause))?;
    }
    let builder =
        ClientConfig::builder_with_protocol_versions(&[&TLS13, &TLS12]).with_root_certificates(roots);
    let config = match identity {
        None => builder.with_no_client_auth(),
        Some(Identity { certificate, key }) => {
            let secret =
                PrivateKeyDer::from_pem_file(key).map_err(|cause| Error::failed(unusable(key), cause))?;
            builder
                .with_client_auth_cert(certificates(certificate)?, secret)
                .map_err(|cause| Error::failed(unusable(certificate), cause))?
        }
    };
    Ok(Arc::new(config))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>> {
    let failed = |cause| Error::failed(unusable(path), cause);
    let found: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path).map_err(failed)?.collect();
    found.map_err(failed)
}

fn unusable(path: &Path) -> String {
    format!("{} cannot be used for TLS", path.display())
}
