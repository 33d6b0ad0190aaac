//! Issuing certificates.

use std::path::{Path, PathBuf};

use rcgen::{
    CertificateParams, DistinguishedName, DnType, DnValue, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PublicKeyData, SerialNumber,
};
use time::{Duration, OffsetDateTime};

use super::{
    Ca,
    authority::random_serial,
    ledger::{CertificateRecord, Standing, Usage},
};
use crate::{Error, Result, atomic_file, clock, random};

/// `serialNumber` of a subject (2.5.4.5).
const SUBJECT_NUMBER: [u64; 4] = [2, 5, 4, 5];

/// From when to when a certificate is good.
#[derive(Clone, Copy, Debug)]
pub struct Validity {
    pub from: OffsetDateTime,
    pub until: OffsetDateTime,
}

impl Validity {
    /// A year from now; five minutes back for clocks that are a little slow.
    #[must_use]
    pub fn one_year() -> Self {
        let now = clock::now();
        Self { from: now - Duration::minutes(5), until: now + Duration::days(365) }
    }
}

/// A certificate that was just issued.
#[derive(Clone, Debug)]
pub struct Issued {
    pub record: CertificateRecord,
    pub certificate: PathBuf,
    /// None where the key was made elsewhere and only its request came here.
    pub key: Option<PathBuf>,
}

/// What a certificate says of its holder.
struct Holder<'a> {
    name: &'a str,
    usage: Usage,
    hosts: Vec<String>,
}

impl Ca {
    /// A server's certificate for host names and addresses, with a fresh key,
    /// as `certificate.pem` and `key.pem` (0600) in `out`.
    ///
    /// # Errors
    /// When `names` is empty, or files cannot be written.
    pub fn issue_server(&self, names: &[String], out: &Path) -> Result<Issued> {
        let Some(name) = names.first() else {
            return Err(Error::usage("a server needs at least one name, such as localhost"));
        };
        let holder = Holder { name, usage: Usage::Server, hosts: names.to_vec() };
        self.issue(&holder, Validity::one_year(), out)
    }

    /// A client's certificate with a fresh key, good for a year.
    ///
    /// # Errors
    /// When files cannot be written.
    pub fn issue_client(&self, name: &str, out: &Path) -> Result<Issued> {
        self.issue_client_valid(name, Validity::one_year(), out)
    }

    /// A client's certificate of a chosen validity (tests: one that has expired).
    ///
    /// # Errors
    /// When files cannot be written.
    pub fn issue_client_valid(&self, name: &str, validity: Validity, out: &Path) -> Result<Issued> {
        let holder = Holder { name, usage: Usage::Client, hosts: Vec::new() };
        self.issue(&holder, validity, out)
    }

    /// A client's certificate for the key of a request. Of the request only the
    /// key is taken; the name is ours.
    ///
    /// # Errors
    /// When the request is not one, is not signed by its own key, or the key is weak.
    pub fn sign_request(&self, name: &str, request_pem: &str, out: &Path) -> Result<Issued> {
        let key = super::request::public_key(request_pem)?;
        let holder = Holder { name, usage: Usage::Client, hosts: Vec::new() };
        let (pem, record) = self.sign(&holder, Validity::one_year(), &key)?;
        atomic_file::directory(out, 0o700)?;
        let certificate = out.join("certificate.pem");
        atomic_file::write(&certificate, pem.as_bytes(), atomic_file::PUBLIC)?;
        Ok(Issued { record, certificate, key: None })
    }

    fn issue(&self, holder: &Holder<'_>, validity: Validity, out: &Path) -> Result<Issued> {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)
            .map_err(|cause| Error::failed("no key can be made", cause))?;
        let (pem, record) = self.sign(holder, validity, &key)?;
        atomic_file::directory(out, 0o700)?;
        let certificate = out.join("certificate.pem");
        let key_path = out.join("key.pem");
        atomic_file::write(&key_path, key.serialize_pem().as_bytes(), atomic_file::PRIVATE)?;
        atomic_file::write(&certificate, pem.as_bytes(), atomic_file::PUBLIC)?;
        Ok(Issued { record, certificate, key: Some(key_path) })
    }

    /// Signs, and writes the ledger before the certificate leaves this function:
    /// what is not in the ledger could not be revoked.
    fn sign(
        &self,
        holder: &Holder<'_>,
        validity: Validity,
        key: &impl PublicKeyData,
    ) -> Result<(String, CertificateRecord)> {
        let issuer = self.issuer()?;
        self.change(|ledger| {
            let number = ledger.take_number();
            let serial = random_serial()?;
            let pem = params(holder, validity, &number, &serial)?
                .signed_by(key, &issuer)
                .map_err(|cause| Error::failed("the certificate cannot be signed", cause))?
                .pem();
            let record = CertificateRecord {
                number,
                serial: random::hex(&serial),
                name: holder.name.to_owned(),
                usage: holder.usage,
                issued_at: clock::now(),
                valid_until: validity.until,
                standing: Standing::Current,
            };
            ledger.certificates.push(record.clone());
            Ok((pem, record))
        })
    }
}

fn params(holder: &Holder<'_>, validity: Validity, number: &str, serial: &[u8]) -> Result<CertificateParams> {
    let failed = |cause| Error::failed("the certificate's names cannot be written", cause);
    let mut params = CertificateParams::new(holder.hosts.clone()).map_err(failed)?;
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, holder.name);
    params.distinguished_name.push(
        DnType::CustomDnType(SUBJECT_NUMBER.to_vec()),
        DnValue::PrintableString(number.try_into().map_err(failed)?),
    );
    params.serial_number = Some(SerialNumber::from_slice(serial));
    params.not_before = validity.from;
    params.not_after = validity.until;
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![match holder.usage {
        Usage::Client => ExtendedKeyUsagePurpose::ClientAuth,
        Usage::Server => ExtendedKeyUsagePurpose::ServerAuth,
    }];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

/// A serial for the authority's own certificate.
pub(super) fn fresh_serial() -> Result<SerialNumber> {
    Ok(SerialNumber::from_slice(&random_serial()?))
}
