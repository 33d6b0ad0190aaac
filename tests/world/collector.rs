//! A collector of traces (OTLP over HTTP) that keeps the bytes it is sent.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Listens on loopback until it is dropped.
#[derive(Debug)]
pub struct Collector {
    address: String,
    bytes: Arc<Mutex<Vec<u8>>>,
    listening: JoinHandle<()>,
}

impl Collector {
    /// Starts to listen.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let bytes = Arc::<Mutex<Vec<u8>>>::default();
        let kept = Arc::clone(&bytes);
        let listening = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&kept)));
            }
        });
        Self { address, bytes, listening }
    }

    /// What a service's configuration needs.
    #[must_use]
    pub fn configuration(&self) -> String {
        format!("otlp_endpoint = \"http://{}/v1/traces\"\n", self.address)
    }

    /// All that was sent so far.
    ///
    /// # Panics
    /// Never: the lock is held by nothing that panics.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        self.bytes.lock().expect("no panic under the lock").clone()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// Requests of one connection, one after another.
async fn serve(mut stream: TcpStream, kept: Arc<Mutex<Vec<u8>>>) {
    while let Some(request) = request(&mut stream).await {
        kept.lock().expect("no panic under the lock").extend(request);
        if stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await.is_err() {
            return;
        }
    }
}

/// The next request, head and body; none where the visitor left.
async fn request(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8_lossy(&request).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let mut body = vec![0; length?.trim().parse().ok()?];
    stream.read_exact(&mut body).await.ok()?;
    request.extend(body);
    Some(request)
}
