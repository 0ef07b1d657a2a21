//! Stands in for the platform: real HTTP on the loopback, scripted by path. It follows the documentation, not the
//! client: its responses are those that the facts pages describe.

pub(crate) mod keys;
pub(crate) mod merchant;
pub(crate) mod mini;
pub(crate) mod official;
mod script;

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::Response;
use liudi::fetch::Settings;
use liudi::fetch::settings::Pace;

pub(crate) use merchant::Merchant;
pub(crate) use mini::Mini;
pub(crate) use official::{Class, Official};
pub(crate) use script::{Disturbance, Reply};

/// Hosts it answers for.
pub(crate) const HOSTS: &[&str] = &[
    "6368-cha-1a2b3c-1250000000.tcb.qcloud.la",
    "api.mch.weixin.qq.com",
    "api.weixin.qq.com",
    "finder.video.qq.com",
    "mmbiz.qpic.cn",
    "mp.weixin.qq.com",
    "mpvideo.qpic.cn",
    "res.wx.qq.com",
    "tcb-mongodb-data-1254135806.cos.ap-shanghai.myqcloud.com",
    "wx.qlogo.cn",
    "wxapp.tc.qq.com",
];

/// A request as received.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    /// `GET`, `POST`.
    pub(crate) method: String,
    /// `mp.weixin.qq.com/s/abc?x=1`.
    pub(crate) url: String,
    /// Header lines, names in lower case.
    pub(crate) headers: HashMap<String, String>,
    /// Body.
    pub(crate) body: Vec<u8>,
}

/// A running stand-in, stopped when dropped.
pub(crate) struct Platform {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
}

#[derive(Default)]
struct Shared {
    replies: Mutex<HashMap<String, VecDeque<Reply>>>,
    hits: Mutex<Vec<Hit>>,
    open: Mutex<(usize, usize)>,
    hold: Mutex<usize>,
    disturbances: Mutex<HashMap<String, VecDeque<Disturbance>>>,
    official: Mutex<Option<Official>>,
    merchant: Mutex<Option<Merchant>>,
    mini: Mutex<Option<Mini>>,
}

impl Platform {
    /// Starts a stand-in on a free port. It has its own thread, so that it works in async and other tests.
    pub(crate) fn start() -> Self {
        Self::start_at("127.0.0.1:0")
    }

    /// Starts a stand-in at this address.
    pub(crate) fn start_at(address: &str) -> Self {
        let shared = Arc::new(Shared::default());
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let listener = std::net::TcpListener::bind(address).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                tokio::select! {
                    served = async { axum::serve(listener, router).await } => served.unwrap(),
                    _ = stopped => {}
                }
            });
        });
        Self { address, shared, stop: Some(stop) }
    }

    /// Returns `http://127.0.0.1:PORT/HOST`, which replaces `https://HOST`.
    pub(crate) fn base(&self, host: &str) -> String {
        format!("http://{}/{host}", self.address)
    }

    /// Returns settings that lead to the stand-in, without waits.
    pub(crate) fn settings(&self) -> Settings {
        let quick = |width| Pace { width, interval: Duration::ZERO, jitter: Duration::ZERO };
        let mut settings = Settings {
            api: quick(1),
            merchant: quick(1),
            gentle: quick(1),
            brisk: quick(8),
            header_timeout: Duration::from_millis(500),
            connect_timeout: Duration::from_millis(500),
            idle_timeout: Duration::from_millis(500),
            retry_delay: Duration::from_millis(5),
            retry_delay_limit: Duration::from_millis(50),
            retries: 2,
            ..Settings::default()
        };
        for host in HOSTS {
            settings.stand_in(host, &self.base(host)).unwrap();
        }
        settings
    }

    /// Sets the replies for `url` (`mp.weixin.qq.com/s/abc`, with or without a query): each is sent once, the last one
    /// from then on.
    pub(crate) fn on(&self, url: &str, replies: impl IntoIterator<Item = Reply>) {
        self.shared.replies.lock().unwrap().insert(url.to_owned(), replies.into_iter().collect());
    }

    /// Makes a virtual account answer every request without a scripted reply.
    pub(crate) fn serve(&self, official: Official) {
        *self.shared.official.lock().unwrap() = Some(official);
    }

    /// Inspects or changes the virtual account.
    pub(crate) fn official<T>(&self, look: impl FnOnce(&mut Official) -> T) -> T {
        look(self.shared.official.lock().unwrap().as_mut().unwrap())
    }

    /// Makes a virtual merchant answer on the merchants' host.
    pub(crate) fn serve_merchant(&self, merchant: Merchant) {
        *self.shared.merchant.lock().unwrap() = Some(merchant);
    }

    /// Inspects the virtual merchant.
    pub(crate) fn merchant<T>(&self, look: impl FnOnce(&Merchant) -> T) -> T {
        look(self.shared.merchant.lock().unwrap().as_ref().unwrap())
    }

    /// Makes a virtual 小程序 and a virtual shop answer.
    pub(crate) fn serve_mini(&self, mini: Mini) {
        *self.shared.mini.lock().unwrap() = Some(mini);
    }

    /// Inspects or changes the virtual 小程序.
    pub(crate) fn mini<T>(&self, look: impl FnOnce(&mut Mini) -> T) -> T {
        look(self.shared.mini.lock().unwrap().as_mut().unwrap())
    }

    /// Disturbs the next responses for `url` (without a query), in this order.
    pub(crate) fn disturb(&self, url: &str, disturbances: impl IntoIterator<Item = Disturbance>) {
        self.shared.disturbances.lock().unwrap().entry(url.to_owned()).or_default().extend(disturbances);
    }

    /// Holds back all responses until this many requests were open at once.
    pub(crate) fn hold_until_open(&self, requests: usize) {
        *self.shared.hold.lock().unwrap() = requests;
    }

    /// Returns every request so far.
    pub(crate) fn hits(&self) -> Vec<Hit> {
        self.shared.hits.lock().unwrap().clone()
    }

    /// Returns the requests for `url`.
    pub(crate) fn hits_of(&self, url: &str) -> Vec<Hit> {
        self.hits().into_iter().filter(|hit| hit.url == url || hit.url.split('?').next() == Some(url)).collect()
    }

    /// Returns the largest number of requests that were open at once.
    pub(crate) fn widest(&self) -> usize {
        self.shared.open.lock().unwrap().1
    }
}

impl Drop for Platform {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}

/// Bytes of the largest request body.
const BODY: usize = 1 << 20;

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    {
        let mut open = shared.open.lock().unwrap();
        open.0 += 1;
        open.1 = open.1.max(open.0);
    }
    let target = request.uri().path_and_query().map_or("", |target| target.as_str()).trim_start_matches('/').to_owned();
    let method = request.method().as_str().to_owned();
    let headers = request
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let body = axum::body::to_bytes(request.into_body(), BODY).await.unwrap_or_default();
    let hit = Hit { method, url: target.clone(), headers, body: body.to_vec() };
    shared.hits.lock().unwrap().push(hit.clone());
    let reply = {
        let mut replies = shared.replies.lock().unwrap();
        let bare = target.split('?').next().unwrap_or_default().to_owned();
        let key = if replies.contains_key(&target) { target } else { bare };
        match replies.get_mut(&key) {
            Some(queue) if queue.len() > 1 => queue.pop_front(),
            Some(queue) => queue.front().cloned(),
            None => None,
        }
    };
    let reply = reply
        .or_else(|| shared.merchant.lock().unwrap().as_ref().and_then(|merchant| merchant.reply(&hit)))
        .or_else(|| {
            // Next to an official account it answers only requests with its own id or token.
            let alone = shared.official.lock().unwrap().is_none();
            shared
                .mini
                .lock()
                .unwrap()
                .as_mut()
                .filter(|_| alone || Mini::is_asked(&hit))
                .and_then(|mini| mini.answer(&hit))
        })
        .or_else(|| shared.official.lock().unwrap().as_mut().and_then(|official| official.answer(&hit)))
        .unwrap_or_else(|| Reply::status(404));
    let bare = hit.url.split('?').next().unwrap_or_default();
    let disturbance = shared.disturbances.lock().unwrap().get_mut(bare).and_then(VecDeque::pop_front);
    let reply = disturbance.map_or_else(|| reply.clone(), |disturbance| disturbance.of(reply.clone()));
    while shared.open.lock().unwrap().1 < *shared.hold.lock().unwrap() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let mut response = reply.send(&hit).await;
    // The server's clock is fixed, so that two archives of the same account can be compared.
    let date = axum::http::HeaderValue::from_static("Sat, 27 Jan 2024 02:00:00 GMT");
    response.headers_mut().entry(axum::http::header::DATE).or_insert(date);
    shared.open.lock().unwrap().0 -= 1;
    response
}
