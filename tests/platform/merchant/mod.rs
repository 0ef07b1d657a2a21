//! Implements the merchant API of the stand-in as documented: a request that is not signed with the merchant's key is
//! refused, responses are signed with the platform's key, downloads are not. A download address is valid for a while
//! and only for the merchant that requested it. The same day gives the same bill, with the digest of either its plain
//! or its compressed form.

pub(crate) mod bills;
mod signed;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io::Write as _;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::civil::{Date, DateTime};
use sha1::{Digest as _, Sha1};

use super::keys::Key;
use super::{Hit, Reply};
pub(crate) use signed::Signing;

/// Host of the API.
pub(crate) const HOST: &str = "api.mch.weixin.qq.com";

/// Number of the merchant.
pub(crate) const MCHID: &str = "1900000001";

/// Serial number of the merchant's certificate.
pub(crate) const SERIAL: &str = "3775B6A45ACD588826D15E583A95F5DD00000001";

/// Id of the platform's public key.
pub(crate) const PUBLIC_KEY_ID: &str = "PUB_KEY_ID_0119000000012026010100000001";

/// Largest number of requests for bills per second.
const PER_SECOND: usize = 3;

/// A request.
struct Asked {
    method: String,
    /// `/v3/bill/tradebill?bill_date=…`.
    target: String,
    /// Header lines, names in lower case.
    headers: HashMap<String, String>,
    body: String,
}

/// A response.
struct Said {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// A disturbance that a test requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mischief {
    /// The bill is still being generated.
    Creating,
    /// The download address expires at once.
    Expired,
    /// There were too many requests.
    Limited,
    /// The merchant has no permission for this bill.
    Denied,
    /// The server has an internal error.
    Broken,
    /// One byte of the file does not match the digest.
    Touched,
    /// The file was requested by another merchant.
    NotYours,
    /// The response's signature is wrong in this way.
    Signed(Signing),
}

/// A running merchant API.
pub(crate) struct Merchant {
    /// Key of the merchant.
    pub(crate) key: Key,
    /// Key of the platform.
    pub(crate) platform: Key,
    /// Time of the platform, which decides the current day. Signatures use the real time.
    now: Mutex<DateTime>,
    /// Key that files of sub-merchants are encrypted for, if not the merchant's.
    sealed_for: Option<Key>,
    signing: signed::Signatures,
    /// Whether the merchant is an e-commerce platform.
    is_provider: bool,
    /// A busy day and its number of orders.
    busy: Option<(Date, u64)>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Bills, by the token of their download address.
    tokens: HashMap<String, Token>,
    /// Disturbances of the next requests, by path with `bill_date` and `account_type`.
    mischief: BTreeMap<String, VecDeque<Mischief>>,
    recent: VecDeque<Instant>,
    pace: bool,
    too_fast: usize,
    asked: Vec<String>,
}

struct Token {
    /// Name of the bill.
    name: String,
    file: Vec<u8>,
    until: Instant,
}

impl Merchant {
    /// Creates an API whose time is `now` (Beijing, `2025-11-25 12:00:00`).
    pub(crate) fn new(now: &str) -> Self {
        Self {
            key: Key::generate(),
            platform: Key::generate(),
            now: Mutex::new(moment(now)),
            sealed_for: None,
            signing: signed::Signatures::default(),
            is_provider: false,
            busy: None,
            state: Mutex::default(),
        }
    }

    /// Refuses more than three requests for bills per second, as documented.
    pub(crate) fn with_pace(self) -> Self {
        self.state.lock().unwrap().pace = true;
        self
    }

    /// Makes the merchant an e-commerce platform, which has bills and balances that others have not.
    pub(crate) fn providing(self) -> Self {
        Self { is_provider: true, ..self }
    }

    /// Sets the number of orders on `day`.
    pub(crate) fn busy_on(self, day: Date, orders: u64) -> Self {
        Self { busy: Some((day, orders)), ..self }
    }

    /// Encrypts the files of sub-merchants for a key that the merchant does not have.
    pub(crate) fn sealed_for_others(self) -> Self {
        Self { sealed_for: Some(Key::generate()), ..self }
    }

    /// Sets the time of the platform.
    pub(crate) fn set_time(&self, now: &str) {
        *self.now.lock().unwrap() = moment(now);
    }

    /// Returns the number of requests that came too fast.
    pub(crate) fn refused_for_pace(&self) -> usize {
        self.state.lock().unwrap().too_fast
    }

    /// Disturbs the next requests for the bill `name` (`tradebill 2025-09-01`, `fundflowbill 2025-09-01 BASIC`) and its
    /// download.
    pub(crate) fn on(&self, name: &str, mischief: impl IntoIterator<Item = Mischief>) {
        self.state.lock().unwrap().mischief.insert(name.to_owned(), mischief.into_iter().collect());
    }

    /// Returns the bills requested and downloaded so far, in order: `tradebill 2025-09-01`, `download tradebill
    /// 2025-09-01`.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.state.lock().unwrap().asked.clone()
    }

    /// Returns the oldest and the newest day that have bills now.
    pub(crate) fn window(&self) -> (Date, Date) {
        let today = self.now.lock().unwrap().date();
        (today.checked_sub(jiff::Span::new().months(3)).unwrap(), today.yesterday().unwrap())
    }

    /// Answers a request; `None` for another host.
    pub(super) fn reply(&self, hit: &Hit) -> Option<Reply> {
        let target = hit.url.strip_prefix(HOST)?.to_owned();
        let body = String::from_utf8_lossy(&hit.body).into_owned();
        let asked = Asked { method: hit.method.clone(), target, headers: hit.headers.clone(), body };
        let Said { status, headers, body } = self.answer(&asked);
        Some(headers.iter().fold(Reply::with_status(status, body), |reply, (name, value)| reply.header(name, value)))
    }

    fn answer(&self, asked: &Asked) -> Said {
        let (path, query) = asked.target.split_once('?').unwrap_or((&asked.target, ""));
        let query: HashMap<String, String> =
            url::form_urlencoded::parse(query.as_bytes()).map(|(key, value)| (key.into(), value.into())).collect();
        if let Err(refused) = self.signing.check(asked, MCHID, SERIAL, &self.key) {
            return self.sign(refuse(401, "SIGN_ERROR", refused.0), Signing::Right);
        }
        if asked.headers.get("user-agent").is_none_or(String::is_empty) {
            return self.sign(refuse(403, "PARAM_ERROR", "User-Agent 不能为空"), Signing::Right);
        }
        if path == "/v3/billdownload/file" || path == "/v3/bill/downloadurl" {
            return self.download(&query);
        }
        if asked.headers.get("accept").is_none_or(|accept| !accept.contains("application/json")) {
            return self.sign(refuse(406, "PARAM_ERROR", "Accept 不正确"), Signing::Right);
        }
        if let Some(account) = path.strip_prefix("/v3/merchant/fund/dayendbalance/") {
            return self.sign(self.balance(account, &query), Signing::Right);
        }
        let kind = match path {
            "/v3/ecommerce/bill/fundflowbill" => "ecommerce-fundflowbill",
            "/v3/merchant/fund/withdraw/bill-type/NO_SUCC" => "withdrawals",
            "/v3/bill/tradebill" => "tradebill",
            "/v3/bill/fundflowbill" => "fundflowbill",
            "/v3/profitsharing/bills" => "profitsharing",
            "/v3/bill/sub-merchant-fundflowbill" => "sub-merchant-fundflowbill",
            _ => return self.sign(refuse(404, "NOT_FOUND", "没有这个接口"), Signing::Right),
        };
        self.apply(kind, &query)
    }

    fn apply(&self, kind: &str, query: &HashMap<String, String>) -> Said {
        let get = |name: &str| query.get(name).map_or("", String::as_str);
        let account = match (kind, get("account_type")) {
            ("fundflowbill" | "sub-merchant-fundflowbill", "") => " BASIC".to_owned(),
            ("fundflowbill" | "sub-merchant-fundflowbill" | "ecommerce-fundflowbill", account) => format!(" {account}"),
            _ => String::new(),
        };
        let name = format!("{kind} {}{account}", get("bill_date"));
        let mischief = self.next(&name);
        let mut signing = Signing::Right;
        if let Some(Mischief::Signed(way)) = mischief {
            signing = way;
        }
        let said = self.applied(kind, &name, query, mischief);
        self.sign(said, signing)
    }

    fn applied(&self, kind: &str, name: &str, query: &HashMap<String, String>, mischief: Option<Mischief>) -> Said {
        let get = |name: &str| query.get(name).map_or("", String::as_str);
        if self.is_too_fast() {
            return refuse(429, "FREQUENCY_LIMITED", "请求过于频繁");
        }
        match mischief {
            Some(Mischief::Limited) => return refuse(429, "RATELIMIT_EXCEED", "商户发起获取账单的频率过高"),
            Some(Mischief::Broken) => return refuse(500, "SYSTEM_ERROR", "系统错误"),
            Some(Mischief::Denied) => return refuse(403, "NO_AUTH", "商户没有权限"),
            Some(Mischief::Creating) => return refuse(400, "STATEMENT_CREATING", "账单生成中"),
            _ => {}
        }
        let Ok(day) = get("bill_date").parse::<Date>() else {
            return refuse(400, "PARAM_ERROR", "日期格式不正确");
        };
        let (first, last) = self.window();
        if day < first || day > last {
            return refuse(400, "INVALID_REQUEST", "请求的账单日期已过期");
        }
        if day == last && self.now.lock().unwrap().hour() < 9 {
            return refuse(400, "STATEMENT_CREATING", "账单生成中");
        }
        let account = name.split(' ').nth(2).unwrap_or_default();
        let bill = match (kind, account) {
            ("tradebill", _) if self.busy.is_some_and(|(busy, _)| busy == day) => {
                let count = self.busy.map_or(0, |(_, count)| count);
                Some(bills::trade_of(MCHID, &bills::many(day, count)))
            }
            ("tradebill", _) if matches!(get("bill_type"), "" | "ALL") => bills::trade(MCHID, day),
            ("fundflowbill", "BASIC" | "OPERATION" | "FEES") => bills::fund(MCHID, account, day),
            ("profitsharing", _) => bills::sharing(MCHID, day),
            ("sub-merchant-fundflowbill", _) if get("sub_mchid").is_empty() => {
                return refuse(400, "PARAM_ERROR", "sub_mchid 必填");
            }
            ("sub-merchant-fundflowbill", "BASIC") => bills::fund(get("sub_mchid"), account, day),
            ("ecommerce-fundflowbill" | "withdrawals", _) if !self.is_provider => {
                return refuse(403, "NO_AUTH", "商户没有权限");
            }
            ("ecommerce-fundflowbill", "ALL") => bills::fund(MCHID, "BASIC", day),
            ("sub-merchant-fundflowbill" | "withdrawals", _) => None,
            _ => return refuse(400, "PARAM_ERROR", "参数错误"),
        };
        let Some(bill) = bill else { return refuse(400, "NO_STATEMENT_EXIST", "请求的账单文件不存在") };
        let gzip = get("tar_type") == "GZIP";
        let expired = mischief == Some(Mischief::Expired);
        let body = if matches!(kind, "sub-merchant-fundflowbill" | "ecommerce-fundflowbill") {
            self.sealed(name, day, &bill, gzip)
        } else {
            let file = if gzip { gzipped(bill.as_bytes()) } else { bill.clone().into_bytes() };
            // The documentation does not say which form the digest is of, so the form alternates by day.
            let digest = sha1(if day.day() % 2 == 0 { bill.as_bytes() } else { &file });
            let address = self.address(name, day, file, gzip, expired);
            serde_json::json!({"hash_type": "SHA1", "hash_value": digest, "download_url": address})
        };
        Said { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() }
    }

    /// Returns the balance of an account at the end of a day.
    fn balance(&self, account: &str, query: &HashMap<String, String>) -> Said {
        let day = query.get("date").and_then(|day| day.parse::<Date>().ok());
        if !self.is_provider {
            return refuse(403, "NO_AUTH", "商户没有权限");
        }
        if day.is_none_or(|day| day > self.window().1) || !matches!(account, "BASIC" | "OPERATION" | "FEES") {
            return refuse(400, "PARAM_ERROR", "参数错误");
        }
        let body = serde_json::json!({"available_amount": 12_345, "pending_amount": 0});
        Said { status: 200, headers: Vec::new(), body: body.to_string().into_bytes() }
    }

    /// Returns a sub-merchant's bill, in two encrypted parts.
    fn sealed(&self, name: &str, day: Date, bill: &str, gzip: bool) -> serde_json::Value {
        let middle = bill.char_indices().nth(bill.chars().count() / 2).map_or(0, |(at, _)| at);
        let list: Vec<serde_json::Value> = [&bill[..middle], &bill[middle..]]
            .into_iter()
            .enumerate()
            .map(|(index, part)| {
                let plain = if gzip { gzipped(part.as_bytes()) } else { part.as_bytes().to_vec() };
                // Both lengths of nonce that the documentation allows.
                let nonce = if index == 0 { "a8607ef79034" } else { "a8607ef79034c49c" };
                let (encrypt_key, sealed) = signed::seal(self.sealed_for.as_ref().unwrap_or(&self.key), nonce, &plain);
                let digest = sha1(&sealed);
                let address = self.address(&format!("{name} {}", index + 1), day, sealed, false, false);
                serde_json::json!({
                    "bill_sequence": index + 1, "download_url": address, "encrypt_key": encrypt_key,
                    "hash_type": "SHA1", "hash_value": digest, "nonce": nonce,
                })
            })
            .collect();
        serde_json::json!({"download_bill_count": list.len(), "download_bill_list": list})
    }

    /// Returns a download address that is valid for five minutes.
    fn address(&self, name: &str, day: Date, file: Vec<u8>, gzip: bool, expired: bool) -> String {
        let mut state = self.state.lock().unwrap();
        let token = format!("TOKEN-{}-{}", name.replace(' ', "-"), state.tokens.len());
        let until = Instant::now() + if expired { Duration::ZERO } else { Duration::from_mins(5) };
        state.tokens.insert(token.clone(), Token { name: name.to_owned(), file, until });
        // Both paths are documented, so that clients must not construct the address themselves.
        let path = if day.day() % 3 == 0 { "/v3/bill/downloadurl" } else { "/v3/billdownload/file" };
        format!("https://{HOST}{path}?token={token}{}", if gzip { "&tartype=gzip" } else { "" })
    }

    fn download(&self, query: &HashMap<String, String>) -> Said {
        let mut state = self.state.lock().unwrap();
        let Some(token) = query.get("token").and_then(|token| state.tokens.get(token)) else {
            return refuse(400, "INVALID_REQUEST", "token 不存在");
        };
        let (name, mut file, until) = (token.name.clone(), token.file.clone(), token.until);
        state.asked.push(format!("download {name}"));
        let mischief = state.mischief.get_mut(&format!("download {name}")).and_then(VecDeque::pop_front);
        match mischief {
            Some(Mischief::Expired) => return refuse(400, "INVALID_REQUEST", "下载链接已过期"),
            Some(Mischief::NotYours) => {
                return refuse(403, "NO_AUTH", "下载账单的商户号和申请账单的商户号不一致");
            }
            Some(Mischief::Limited) => return refuse(429, "FREQUENCY_LIMITED", "请求过于频繁"),
            Some(Mischief::Broken) => return refuse(500, "SYSTEM_ERROR", "系统错误"),
            Some(Mischief::Touched) => {
                let middle = file.len() / 2;
                file[middle] ^= 1;
            }
            Some(Mischief::Creating | Mischief::Denied | Mischief::Signed(_)) | None => {}
        }
        if Instant::now() >= until {
            return refuse(400, "INVALID_REQUEST", "下载链接已过期");
        }
        // Not signed: the digest protects it.
        let headers = vec![("content-type".to_owned(), "application/octet-stream".to_owned())];
        Said { status: 200, headers, body: file }
    }

    fn next(&self, name: &str) -> Option<Mischief> {
        let mut state = self.state.lock().unwrap();
        state.asked.push(name.to_owned());
        state.mischief.get_mut(name).and_then(VecDeque::pop_front)
    }

    fn is_too_fast(&self) -> bool {
        let mut state = self.state.lock().unwrap();
        let now = Instant::now();
        while state.recent.front().is_some_and(|then| now - *then >= Duration::from_secs(1)) {
            state.recent.pop_front();
        }
        state.recent.push_back(now);
        let is_too_fast = state.pace && state.recent.len() > PER_SECOND;
        state.too_fast += usize::from(is_too_fast);
        is_too_fast
    }

    fn sign(&self, mut said: Said, signing: Signing) -> Said {
        said.headers.push(("content-type".to_owned(), "application/json; charset=utf-8".to_owned()));
        said.headers.push(("request-id".to_owned(), "08F78BB5CE0610F80718DEADBEEF".to_owned()));
        said.headers.extend(signing.headers(&self.platform, PUBLIC_KEY_ID, &said.body));
        said
    }
}

fn moment(text: &str) -> DateTime {
    DateTime::strptime("%Y-%m-%d %H:%M:%S", text).unwrap()
}

fn refuse(status: u16, code: &str, message: &str) -> Said {
    let body = serde_json::json!({"code": code, "message": message}).to_string().into_bytes();
    Said { status, headers: Vec::new(), body }
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn sha1(bytes: &[u8]) -> String {
    hex::encode(Sha1::digest(bytes))
}
