//! Serves files with the same delay for every response, to measure how well a crawl uses its parallel requests: its
//! lower bound is `URLs × MILLISECONDS ÷ width`.
//!
//! ```text
//! cargo run --release --example late_files -- FOLDER 127.0.0.1:8098 50
//! ```
//!
//! A picture's address that ends in `/0`, which requests its best rendition, is served from `/640` in the folder that
//! the generator of the benchmark's account makes.
#![expect(clippy::unwrap_used, reason = "a program for developers")]

use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::Response;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let folder = PathBuf::from(words.first().map_or(".", String::as_str));
    let address = words.get(1).map_or("127.0.0.1:8098", String::as_str).to_owned();
    let late = Duration::from_millis(words.get(2).and_then(|text| text.parse().ok()).unwrap_or(50));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async move {
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        let router = Router::new().fallback(answer).with_state((folder, late));
        axum::serve(listener, router).await.unwrap();
    });
}

async fn answer(State((folder, late)): State<(PathBuf, Duration)>, request: Request) -> Response<Body> {
    tokio::time::sleep(late).await;
    let path = request.uri().path().trim_start_matches('/').to_owned();
    let path = path.strip_suffix("/0").map_or(path.clone(), |picture| format!("{picture}/640"));
    let safe = path.split('/').all(|part| part != "..");
    match std::fs::read(folder.join(&path)) {
        Ok(bytes) if safe => {
            let mime = if path.starts_with("s/") {
                "text/html"
            } else if path.starts_with("mmbiz_png/") {
                "image/png"
            } else {
                "image/jpeg"
            };
            Response::builder().header(header::CONTENT_TYPE, mime).body(Body::from(bytes)).unwrap()
        }
        _ => Response::builder().status(StatusCode::NOT_FOUND).body(Body::empty()).unwrap(),
    }
}
