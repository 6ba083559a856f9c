//! Encryption, for a server that other machines reach without a proxy in front.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::io::{ReadHalf, WriteHalf};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject as _};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::version::TLS13;
use tokio_rustls::server::TlsStream;

use crate::error::{Error, Result};
use crate::server::stream::{Plain, Stream};

/// The certificate and key of a server, as files in the form that certificate authorities issue.
/// They are read once, before it listens: restart it to use new ones. It speaks only TLS 1.3.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The file with the server's certificate and, behind it, those that vouch for it, as PEM.
    pub certificates: PathBuf,
    /// The file with the private key of the first certificate, as PEM.
    pub key: PathBuf,
}

/// How each socket is encrypted.
pub(super) struct Encryption(TlsAcceptor);

impl Encryption {
    /// Reads the files.
    ///
    /// # Errors
    ///
    /// `internal` with the file that cannot be read or does not hold what it should.
    pub(super) fn load(tls: &Tls) -> Result<Self> {
        let unread = |what, path: &Path, cause: pem::Error| {
            Error::mistake(format!("could not read the {what} in `{}`: {cause}", path.display()))
        };
        let unread_certificates = |cause| unread("certificates", &tls.certificates, cause);
        let certificates: Vec<_> = CertificateDer::pem_file_iter(&tls.certificates)
            .and_then(Iterator::collect)
            .map_err(unread_certificates)?;
        if certificates.is_empty() {
            return Err(unread_certificates(pem::Error::NoItemsFound));
        }
        let key = PrivateKeyDer::from_pem_file(&tls.key)
            .map_err(|cause| unread("private key", &tls.key, cause))?;
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(&[&TLS13])
            .and_then(|config| config.with_no_client_auth().with_single_cert(certificates, key))
            .map_err(|cause| {
                let (certificates, key) = (tls.certificates.display(), tls.key.display());
                Error::mistake(format!("cannot encrypt with `{certificates}` and `{key}`: {cause}"))
            })?;
        Ok(Encryption(TlsAcceptor::from(Arc::new(config))))
    }

    /// Shakes hands with a socket that was accepted.
    pub(super) async fn accept(&self, socket: Plain) -> std::io::Result<TlsStream<Plain>> {
        self.0.accept(socket).await
    }
}

impl fmt::Debug for Encryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Encryption")
    }
}

impl Stream for TlsStream<Plain> {
    type Reader = ReadHalf<Self>;
    type Writer = WriteHalf<Self>;

    fn into_halves(self) -> (Self::Reader, Self::Writer) {
        tokio::io::split(self)
    }
}
