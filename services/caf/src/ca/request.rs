//! Reading a certificate request: nothing of it counts but the key.

use rcgen::SubjectPublicKeyInfo;
use rustls::pki_types::{CertificateSigningRequestDer, pem::PemObject as _};
use x509_parser::{
    certification_request::X509CertificationRequest, prelude::FromDer as _, public_key::PublicKey,
};

use crate::{Error, Result};

/// Weaker RSA keys are refused.
const LEAST_RSA_BITS: usize = 2048;

/// The key of a request whose signature proves that the asker holds it.
pub(super) fn public_key(request_pem: &str) -> Result<SubjectPublicKeyInfo> {
    let der = CertificateSigningRequestDer::from_pem_slice(request_pem.as_bytes())
        .map_err(|cause| not_a_request(cause.to_string()))?;
    let (_, request) =
        X509CertificationRequest::from_der(&der).map_err(|cause| not_a_request(cause.to_string()))?;
    request.verify_signature().map_err(|_| {
        Error::refused("the request is not signed by the key it names; ask the agency for a new one")
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

fn not_a_request(cause: String) -> Error {
    Error::Failed {
        sentence: "the file is not a certificate request in PEM (-----BEGIN CERTIFICATE REQUEST-----)"
            .to_owned(),
        source: cause.into(),
    }
}
