//! Everything an operator works with, opened once.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use crate::{
    Error, Result,
    admin::Admin,
    atomic_file,
    ca::Ca,
    exchange_file::ExchangeFile,
    management::{Credentials, Management},
    operator_file::OperatorFile,
};

/// The service that keeps the registers of agencies and authorities.
const REGISTERS: &str = "index";
/// The service that decides what is shared.
const SHARING: &str = "sharing";

/// An operator of one exchange.
#[derive(Clone, Debug)]
pub struct Operator {
    path: PathBuf,
    pub file: OperatorFile,
    pub management: Management,
}

impl Operator {
    /// Opens by the operator file.
    ///
    /// # Errors
    /// When a file is missing or damaged.
    pub fn open(path: &Path) -> Result<Self> {
        let file = OperatorFile::read(path)?;
        let exchange = ExchangeFile::read(&file.exchange_file)?;
        let management = Management::new(
            &file.management.url,
            &exchange.ca_certificate,
            Credentials::operator(&file.management.password_file)?,
            &exchange.amqps.vhost,
        )?;
        Ok(Self { path: path.to_owned(), file, management })
    }

    /// The authority.
    ///
    /// # Errors
    /// When it cannot be opened by this user.
    pub fn ca(&self) -> Result<Ca> {
        Ca::open(&self.file.ca_directory)
    }

    /// The admin API of a service.
    ///
    /// # Errors
    /// When the operator file names no such service.
    pub fn admin(&self, service: &str) -> Result<Admin> {
        let socket = self.file.admin_sockets.get(service).ok_or_else(|| {
            let known: Vec<_> = self.file.admin_sockets.keys().map(String::as_str).collect();
            Error::usage(format!("there is no service {service} here; there are: {}", known.join(", ")))
        })?;
        Admin::new(service, socket)
    }

    /// The admin API of the service with the registers.
    ///
    /// # Errors
    /// When the operator file does not name it.
    pub fn registers(&self) -> Result<Admin> {
        self.admin(REGISTERS)
    }

    /// The admin API of the service that decides what is shared.
    ///
    /// # Errors
    /// When the operator file does not name it.
    pub fn sharing(&self) -> Result<Admin> {
        self.admin(SHARING)
    }

    /// The exchange file as it stands.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn exchange(&self) -> Result<ExchangeFile> {
        ExchangeFile::read(&self.file.exchange_file)
    }

    /// Keeps other operators' changes out until the returned file is dropped.
    ///
    /// # Errors
    /// When the lock file cannot be made.
    pub fn lock(&self) -> Result<File> {
        atomic_file::lock(&self.path.with_extension("lock"))
    }
}
