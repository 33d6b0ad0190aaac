#![expect(clippy::unwrap_used, reason = "a test may stop")]

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf};

use rcgen::{CertificateParams, DnType, KeyPair, PKCS_ECDSA_P256_SHA256};
use rustls::pki_types::{CertificateDer, pem::PemObject as _};
use time::Duration;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use super::{Ca, Validity, names};
use crate::{Error, clock, random};

struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("caf-ca-{}", random::secret().unwrap()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn ca(&self) -> Ca {
        Ca::create(&self.0.join("ca"), &self.0.join("crl")).unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn request(subject: &str) -> (String, KeyPair) {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let mut params = CertificateParams::new(vec!["evil.example".to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, subject);
    let pem = params.serialize_request(&key).unwrap().pem().unwrap();
    (pem, key)
}

#[test]
fn the_issuer_hash_is_what_openssl_prints() {
    // openssl x509 -noout -issuer_hash, for a certificate with /CN=CAF exchange CA
    assert_eq!(names::issuer_hash(names::AUTHORITY), "468e5516");
}

#[test]
fn only_its_owner_reads_the_authority_s_key_and_everybody_the_list() {
    let place = Place::new();
    let ca = place.ca();
    assert_eq!(mode(&place.0.join("ca")), 0o700);
    assert_eq!(mode(&place.0.join("ca/ca.key")), 0o600);
    assert_eq!(mode(&ca.crl_path()), 0o644);
    let issued = ca.issue_client("willow-nursery", &place.0.join("out")).unwrap();
    assert_eq!(mode(&issued.key.unwrap()), 0o600);
}

#[test]
fn an_authority_is_never_made_twice() {
    let place = Place::new();
    let before = fs::read(place.ca().certificate_path()).unwrap();
    let again = Ca::create(&place.0.join("ca"), &place.0.join("crl"));
    assert!(matches!(again, Err(Error::Refused(_))));
    let opened = Ca::open(&place.0.join("ca")).unwrap();
    assert_eq!(fs::read(opened.certificate_path()).unwrap(), before);
}

#[test]
fn a_client_certificate_carries_name_number_and_purpose() {
    let place = Place::new();
    let ca = place.ca();
    ca.issue_server(&["localhost".to_owned(), "127.0.0.1".to_owned()], &place.0.join("s")).unwrap();
    let issued = ca.issue_client("willow-nursery", &place.0.join("c")).unwrap();
    let der = CertificateDer::from_pem_file(&issued.certificate).unwrap();
    let (_, certificate) = X509Certificate::from_der(&der).unwrap();
    assert_eq!(certificate.subject().to_string(), "CN=willow-nursery, serialNumber=k2");
    let usage = certificate.extended_key_usage().unwrap().unwrap().value;
    assert!(usage.client_auth && !usage.server_auth);
    assert!(!certificate.is_ca());
    let authority = CertificateDer::from_pem_file(ca.certificate_path()).unwrap();
    let (_, authority) = X509Certificate::from_der(&authority).unwrap();
    certificate.verify_signature(Some(authority.public_key())).unwrap();
}

#[test]
fn the_authority_sets_the_name_whatever_the_request_says() {
    let place = Place::new();
    let (pem, key) = request("svc-index");
    let issued = place.ca().sign_request("willow-nursery", &pem, &place.0.join("out")).unwrap();
    assert!(issued.key.is_none());
    let der = CertificateDer::from_pem_file(&issued.certificate).unwrap();
    let (_, certificate) = X509Certificate::from_der(&der).unwrap();
    assert_eq!(certificate.subject().to_string(), "CN=willow-nursery, serialNumber=k1");
    assert!(certificate.subject_alternative_name().unwrap().is_none());
    assert_eq!(certificate.public_key().subject_public_key.data, key.public_key_raw());
}

#[test]
fn a_request_that_its_key_did_not_sign_is_refused() {
    let place = Place::new();
    let ca = place.ca();
    let (pem, _) = request("willow-nursery");
    // the last line holds the end of the signature
    let end = pem.rfind("\n-----END").unwrap() - 12;
    let other = if &pem[end..=end] == "A" { "B" } else { "A" };
    let forged = [&pem[..end], other, &pem[end + 1..]].concat();
    let answer = ca.sign_request("willow-nursery", &forged, &place.0.join("out"));
    assert!(matches!(answer, Err(Error::Refused(_))));
    let nonsense = ca.sign_request("x", "no request", &place.0.join("out"));
    assert!(matches!(nonsense, Err(Error::Failed { .. })));
}

#[test]
fn the_list_names_the_revoked_and_those_whose_grace_is_over() {
    let place = Place::new();
    let ca = place.ca();
    let issue = |name: &str| ca.issue_client(name, &place.0.join(name)).unwrap().record;
    let (revoked, over, in_grace, current) =
        (issue("revoked"), issue("over"), issue("grace"), issue("current"));
    ca.revoke(&revoked.number).unwrap();
    ca.supersede(&over.number, clock::now() - Duration::seconds(1)).unwrap();
    ca.supersede(&in_grace.number, clock::now() + Duration::hours(24)).unwrap();
    assert!(ca.crl_is_due(clock::now()).unwrap());
    ca.write_crl().unwrap();
    assert!(!ca.crl_is_due(clock::now()).unwrap());
    let list = ca.crl_state().unwrap();
    assert!(list.refused.contains(&revoked.serial) && list.refused.contains(&over.serial));
    assert!(!list.refused.contains(&in_grace.serial) && !list.refused.contains(&current.serial));
    assert!(list.valid_until - list.written_at == Duration::days(8));
    // a day later the list is rewritten, and the grace is over
    assert!(ca.crl_is_due(clock::now() + Duration::hours(25)).unwrap());
}

#[test]
fn an_expired_certificate_can_be_made_for_a_test() {
    let place = Place::new();
    let until = clock::now() - Duration::days(1);
    let validity = Validity { from: until - Duration::days(10), until };
    let issued = place.ca().issue_client_valid("late", validity, &place.0.join("late")).unwrap();
    assert!(issued.record.is_refused_at(clock::now()));
}
