//! Receives dropped files into the inbox of the archive.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};

use super::state::Desk;

/// Receives files.
pub(super) async fn receive(State(_): State<Arc<Desk>>, _: Request) -> Response {
    StatusCode::NOT_IMPLEMENTED.into_response()
}
