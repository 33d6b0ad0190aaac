//! Reading a certificate request: nothing of it counts but the key.

use std::path::Path;

use rcgen::{PublicKeyData as _, SubjectPublicKeyInfo};
use rustls::pki_types::{CertificateDer, CertificateSigningRequestDer, pem::PemObject as _};
use x509_parser::{
    certificate::X509Certificate, certification_request::X509CertificationRequest, prelude::FromDer as _,
    public_key::PublicKey,
};

use crate::{Error, Result, error::Cause};

/// Weaker RSA keys are refused.
const LEAST_RSA_BITS: usize = 2048;

/// The key of a request whose signature proves that the asker holds it.
pub(super) fn public_key(request_pem: &str) -> Result<SubjectPublicKeyInfo> {
    let der = CertificateSigningRequestDer::from_pem_slice(request_pem.as_bytes())
        .map_err(|cause| not_a_request(cause.to_string()))?;
    let (_, request) =
        X509CertificationRequest::from_der(&der).map_err(|cause| not_a_request(cause.to_string()))?;
    request.verify_signature().map_err(|_| {
        Error::refused("the request is not signed by the key it names, or the key is too weak; ask the agency for a new one (ECDSA P-256, P-384, or RSA with 2048 bits or more)")
    })?;
    let key = &request.certification_request_info.subject_pki;
    match key.parsed() {
        Ok(PublicKey::EC(point)) if point.key_size() >= 256 => (),
        Ok(PublicKey::RSA(modulus)) if modulus.key_size() >= LEAST_RSA_BITS => (),
        Ok(_) | Err(_) => {
            return Err(Error::refused(
                "the request's key is too weak or of an unknown kind; use ECDSA P-256, P-384 or RSA with 2048 bits or more",
            ));
        }
    }
    SubjectPublicKeyInfo::from_der(key.raw).map_err(|_| {
        Error::refused("the request's key is of a kind that cannot be used; use ECDSA P-256 or P-384")
    })
}

/// Whether a certificate was issued for the key of this request.
///
/// # Errors
/// When the request or the certificate cannot be read.
pub fn is_for_key_of(certificate: &Path, request_pem: &str) -> Result<bool> {
    let asked = public_key(request_pem)?;
    let unusable =
        |cause: Cause| Error::failed(format!("{} is no certificate", certificate.display()), cause);
    let der = CertificateDer::from_pem_file(certificate).map_err(|cause| unusable(cause.into()))?;
    let (_, held) = X509Certificate::from_der(&der).map_err(|cause| unusable(cause.to_string().into()))?;
    Ok(held.public_key().subject_public_key.data == asked.der_bytes())
}

fn not_a_request(cause: String) -> Error {
    Error::Failed {
        sentence: "the file is not a certificate request in PEM (-----BEGIN CERTIFICATE REQUEST-----)"
            .to_owned(),
        source: cause.into(),
    }
}
