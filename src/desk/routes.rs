//! The addresses of the desk.

use std::sync::{Arc, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use secrecy::SecretString;

use super::form::Form;
use super::instance::KNOCK;
use super::state::Desk;
use super::view::{Download, Then, View};
use super::workshop::Answer;
use super::{door, errands, events, guard, page, upload, views};
use crate::error::{Error, Kind};
use crate::pipeline::archive::state::was_written;
use crate::platform;
use crate::text::Language;

/// Largest form.
const FORM_BYTES: usize = 1 << 20;
/// Header by which the script asks for the main part of a page only.
const PART: HeaderName = HeaderName::from_static("x-part");

/// Returns the router; `secret` is the one in the note for other processes.
pub(super) fn router(desk: Arc<Desk>, secret: String) -> Router {
    let knocked = Arc::clone(&desk);
    let guarded = Router::new()
        .route("/", get(enter))
        .route("/events", get(async |State(desk): State<Arc<Desk>>| events::events(desk)))
        .route("/assets/{name}", get(asset))
        .route("/language", post(language))
        .route("/run/{action}", post(run))
        .route("/folder", post(folder))
        .route("/upload", post(upload::receive))
        .route("/{slug}", get(show))
        .route("/{slug}/{action}", get(file).post(act))
        .fallback(async |State(desk): State<Arc<Desk>>| missing(&desk))
        .with_state(Arc::clone(&desk))
        .layer(from_fn_with_state(desk, guarded));
    Router::new()
        .route(KNOCK, post(move |headers: HeaderMap, body: Body| knock(knocked, secret, headers, body)))
        .merge(guarded)
}

/// Answers only requests that [`guard`] admits, and adds the headers of every response.
async fn guarded(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response {
    let host = desk.host();
    let key = request
        .uri()
        .query()
        .filter(|_| request.uri().path() == "/")
        .and_then(|query| Form::parse(query.as_bytes()).get("key").map(str::to_owned));
    let mut response = match guard::check(&request, &host, &desk.door) {
        Ok(()) => next.run(request).await,
        // The one address that is answered without a cookie is the one with a key.
        Err(StatusCode::UNAUTHORIZED) => match key.and_then(|key| desk.door.admit(&key)) {
            Some(cookie) => {
                let mut response = see("/");
                if let Ok(cookie) = HeaderValue::from_str(&cookie) {
                    response.headers_mut().insert(header::SET_COOKIE, cookie);
                }
                response
            }
            None => (StatusCode::UNAUTHORIZED, html(desk.pages.locked(&desk))).into_response(),
        },
        Err(status) => status.into_response(),
    };
    let policy = guard::policy(desk.views.site.preview_origin().as_deref());
    let headers = response.headers_mut();
    // A page of its own has a policy of its own, which is stricter.
    let has_policy = headers.contains_key(header::CONTENT_SECURITY_POLICY);
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    if !has_policy {
        set(header::CONTENT_SECURITY_POLICY, &policy);
    }
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::CACHE_CONTROL, "no-store");
    // Not `no-referrer`: forms would be sent with the origin `null`.
    set(header::REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    response
}

/// Gives a key to a second process of the same user.
async fn knock(desk: Arc<Desk>, secret: String, headers: HeaderMap, body: Body) -> Response {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    let known = guard::address(&headers, &desk.host()).is_ok() && !headers.contains_key(header::ORIGIN);
    if !known || !bearer.is_some_and(|given| door::is_same(given, &secret)) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let form = Form::parse(&to_bytes(body, FORM_BYTES).await.unwrap_or_default());
    if let Some(root) = form.get("archive")
        && let Err(error) = desk.choose(std::path::Path::new(root))
    {
        desk.note(&format!("error-{}", error.code()), Vec::new());
    }
    desk.url().map_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response(), IntoResponse::into_response)
}

async fn enter(State(desk): State<Arc<Desk>>) -> Response {
    see(match desk.workshop.now() {
        Some(_) => "/progress",
        None if desk.options.fleet.is_some() => "/fleet",
        None => "/archive",
    })
}

async fn asset(State(desk): State<Arc<Desk>>, Path(name): Path<String>) -> Response {
    match page::asset(&name) {
        Some((media_type, bytes)) => ([(header::CONTENT_TYPE, media_type)], bytes).into_response(),
        None => missing(&desk),
    }
}

/// Shows a view, or its data (`/gaps.json`).
async fn show(State(desk): State<Arc<Desk>>, Path(slug): Path<String>, request: Request) -> Response {
    let query = Form::parse(request.uri().query().unwrap_or_default().as_bytes());
    let part = request.headers().contains_key(PART);
    blocking(move || {
        if let Some(slug) = slug.strip_suffix(".json") {
            return match views::find(slug).map(|view| view.json(&desk)) {
                Some(Ok(Some(bytes))) => ([(header::CONTENT_TYPE, "application/json")], bytes).into_response(),
                Some(Err(error)) => {
                    let words = desk.phrases().error(&error);
                    (status(&error), axum::Json(serde_json::json!({ "error": words }))).into_response()
                }
                _ => missing(&desk),
            };
        }
        let Some(view) = views::find(&slug) else { return missing(&desk) };
        if view.info().of_archive && desk.archive().is_none() {
            return see("/archive");
        }
        shown(&desk, view, &query, part, None)
    })
    .await
}

/// Carries out the action of a form.
async fn act(
    State(desk): State<Arc<Desk>>,
    Path((slug, action)): Path<(String, String)>,
    request: Request,
) -> Response {
    let part = request.headers().contains_key(PART);
    let Some(view) = views::find(&slug) else { return missing(&desk) };
    let Ok(body) = to_bytes(request.into_body(), FORM_BYTES).await else {
        return shown(&desk, view, &Form::default(), part, Some(&Error::input("desk-form-too-large")));
    };
    let form = Form::parse(&body);
    blocking(move || {
        let acting = desk.acting.lock().unwrap_or_else(PoisonError::into_inner);
        let done = view.act(&desk, &action, &form);
        drop(acting);
        match done {
            Ok(Some(then)) => after(&desk, then),
            Ok(None) => missing(&desk),
            Err(error) => shown(&desk, view, &form, part, Some(&of_this_program(error))),
        }
    })
    .await
}

/// Returns the error in the words of the desk if the lock it ran into is held by a run of this desk.
fn of_this_program(error: Error) -> Error {
    let own = error.argument("pid").is_some_and(|pid| pid == std::process::id().to_string());
    if own && error.code() == "archive-locked" { Error::new(Kind::Lock, "desk-busy") } else { error }
}

async fn file(State(desk): State<Arc<Desk>>, Path((slug, name)): Path<(String, String)>, request: Request) -> Response {
    let query = Form::parse(request.uri().query().unwrap_or_default().as_bytes());
    blocking(move || {
        let Some(view) = views::find(&slug) else { return missing(&desk) };
        match view.file(&desk, &name, &query) {
            Ok(Some(file)) => download(file),
            Ok(None) => missing(&desk),
            Err(error) => shown(&desk, view, &query, false, Some(&error)),
        }
    })
    .await
}

async fn language(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    let form = form_of(request).await;
    if let Some(language) = form.get("language").and_then(Language::from_tag) {
        desk.speak(language);
    }
    see(back(&form))
}

/// Pauses, resumes, stops or repeats a run, or answers its question.
async fn run(State(desk): State<Arc<Desk>>, Path(action): Path<String>, request: Request) -> Response {
    let form = form_of(request).await;
    let now = desk.workshop.now();
    match (action.as_str(), now) {
        ("pause", Some(now)) => now.board.set_paused(true),
        ("resume", Some(now)) => now.board.set_paused(false),
        ("stop", Some(now)) => now.stop(),
        ("answer", Some(now)) => now.answer(match (form.raw("password"), form.get("account")) {
            _ if form.has("skip") => Answer::None,
            (Some(password), _) if !password.is_empty() => Answer::Password(SecretString::from(password.to_owned())),
            (_, Some(account)) => Answer::Account(account.to_owned()),
            _ => Answer::None,
        }),
        ("again", None) => {
            if let Err(error) = errands::again(&desk) {
                desk.note(&format!("error-{}", error.code()), Vec::new());
            }
        }
        ("end", now) => {
            if now.is_none() || form.has("sure") {
                desk.stop.cancel();
                return html(desk.pages.ended(&desk)).into_response();
            }
            return see("/progress?end=ask");
        }
        // The run ended meanwhile.
        ("pause" | "resume" | "stop" | "answer" | "again", _) => {}
        _ => return missing(&desk),
    }
    desk.changed();
    see(back(&form))
}

/// Shows a folder that belongs to the archive, or that a run of this desk wrote, in the system's file manager.
async fn folder(State(desk): State<Arc<Desk>>, request: Request) -> Response {
    let form = form_of(request).await;
    let allowed = |path: &std::path::Path| {
        if desk.views.keeping.wrote(path) {
            return true;
        }
        let root = desk.archive().and_then(|root| root.canonicalize().ok());
        root.is_some_and(|root| path.canonicalize().is_ok_and(|path| path.starts_with(&root)))
    };
    if let Some(path) = form.get("path").map(std::path::Path::new) {
        let opened = if allowed(path) { platform::open_folder(path).is_ok() } else { false };
        if !opened {
            desk.note("desk-folder-not-opened", vec![("path", path.display().to_string())]);
        }
    }
    see(back(&form))
}

/// Returns the page to show after an action that any page has.
fn back(form: &Form) -> &str {
    let path = form.get("back").unwrap_or("/progress");
    let own = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
    if own { path } else { "/progress" }
}

async fn form_of(request: Request) -> Form {
    Form::parse(&to_bytes(request.into_body(), FORM_BYTES).await.unwrap_or_default())
}

fn after(desk: &Desk, then: Then) -> Response {
    match then {
        Then::Show(path) => see(&path),
        Then::Say(path, id) => {
            desk.note(id, Vec::new());
            see(&path)
        }
    }
}

/// Returns the page of a view, with the error of an action if there was one.
fn shown(desk: &Arc<Desk>, view: &dyn View, query: &Form, part: bool, error: Option<&Error>) -> Response {
    let slug = view.info().slug;
    match view.values(desk, query) {
        Ok(values) => {
            let page = desk.pages.view(desk, slug, values, error, part);
            (error.map_or(StatusCode::OK, status), html(page)).into_response()
        }
        Err(other) => {
            // The error of the action says more than the one it caused here.
            let error = error.unwrap_or(&other);
            let repairs = slug != "keeping" && desk.root().is_ok_and(|root| was_written(&root));
            let values = minijinja::context! { slug, repairs };
            let page = desk.pages.view(desk, "broken", values, Some(error), part);
            (status(error), html(page)).into_response()
        }
    }
}

pub(super) fn status(error: &Error) -> StatusCode {
    match error.kind() {
        Kind::Usage | Kind::Input | Kind::Credentials => StatusCode::BAD_REQUEST,
        Kind::Lock => StatusCode::CONFLICT,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn missing(desk: &Arc<Desk>) -> Response {
    let error = Error::usage("desk-no-page");
    let page = desk.pages.view(desk, "broken", minijinja::context! {}, Some(&error), false);
    (StatusCode::NOT_FOUND, html(page)).into_response()
}

fn html(page: String) -> axum::response::Html<String> {
    axum::response::Html(page)
}

/// Redirects to a page after an action.
fn see(path: &str) -> Response {
    let to = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response()
}

fn download(file: Download) -> Response {
    let name = percent_encoding::utf8_percent_encode(&file.name, percent_encoding::NON_ALPHANUMERIC).to_string();
    let kind = if file.shown { "inline" } else { "attachment" };
    let disposition = format!("{kind}; filename*=UTF-8''{name}");
    let mut response =
        ([(header::CONTENT_TYPE, file.media_type.to_owned()), (header::CONTENT_DISPOSITION, disposition)], file.bytes)
            .into_response();
    if file.shown {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(guard::SHOWN));
    }
    response
}

/// Runs work that reads the disk on a thread for such work.
async fn blocking(work: impl FnOnce() -> Response + Send + 'static) -> Response {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}
