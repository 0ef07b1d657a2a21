//! What docs/api.md prints, followed literally: its settings with every optional line, its files, its commands.

use std::path::Path;

use crate::platform::merchant::{MCHID, PUBLIC_KEY_ID, SERIAL};
use crate::platform::official::{APPID, SECRET};
use crate::platform::{HOSTS, Merchant, Mini, Platform, mini};
use crate::support::Run;
use crate::terminal::command_in_a_terminal;

/// What stands in the place of each blank.
const VALUES: &[(&str, &str)] = &[
    ("<公众号的AppID>", APPID),
    ("<商户号>", MCHID),
    ("<商户API证书序列号>", SERIAL),
    ("<微信支付公钥ID>", PUBLIC_KEY_ID),
    ("<特约商户号>", "1900000109"),
    ("<小程序的AppID>", mini::APPID),
    ("<云开发环境ID>", mini::cloud::ENV),
    ("<小店的AppID>", mini::SHOP_APPID),
];

/// The settings that the page prints.
fn printed() -> String {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/api.md")).unwrap();
    let block = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    block.to_owned()
}

/// Writes a file that only its owner can read.
fn private(run: &Run, name: &str, text: &str) {
    let path = run.folder().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
}

/// A folder as the page says it is to be made, with the settings `text`, whose hosts lead to a stand-in that serves all.
fn folder(text: &str) -> (Platform, Run) {
    let platform = Platform::start();
    let run = Run::new().env("SOURCE_DATE_EPOCH", crate::pay::world::NOON);
    let merchant = Merchant::new(crate::pay::world::NOW);
    private(&run, "密钥/公众号.txt", &format!("{SECRET}\n"));
    private(&run, "密钥/小程序.txt", &format!("{}\r\n", mini::SECRET));
    private(&run, "密钥/小店.txt", mini::SHOP_SECRET);
    private(&run, "密钥/apiclient_key.pem", &merchant.key.private_pem());
    private(&run, "密钥/pub_key.pem", &merchant.platform.public_pem());
    platform.serve(super::world::everything());
    platform.serve_mini(Mini::default());
    platform.serve_merchant(merchant);
    let hosts: Vec<String> = HOSTS.iter().map(|host| format!("'{host}' = '{}'", platform.base(host))).collect();
    let network = format!(
        "\n[network]\napi-interval = '0s'\nmerchant-interval = '0s'\npage-interval = '0s'\npage-jitter = '0s'\n\
         file-interval = '0s'\nretry-delay = '5ms'\nretry-delay-limit = '20ms'\nretries = 2\n[network.hosts]\n{}\n",
        hosts.join("\n")
    );
    std::fs::write(run.folder().join("liudi.toml"), text.to_owned() + &network).unwrap();
    (platform, run)
}

fn filled(text: &str) -> String {
    let text = VALUES.iter().fold(text.to_owned(), |text, (blank, value)| text.replace(blank, value));
    let settings: String =
        text.lines().map(|line| line.split(" # ").next().unwrap_or_default().to_owned() + "\n").collect();
    assert!(!settings.contains(['<', '>']), "every blank of the page is known here: {settings}");
    text
}

#[test]
fn the_settings_work_as_they_are_printed() {
    let (_platform, run) = folder(&filled(&printed()));
    let plan = run.program(&["backup", "--api", "--plan", "--json"]).succeeds().json();
    let services: Vec<&str> =
        plan["accounts"].as_array().unwrap().iter().map(|account| account["service"].as_str().unwrap()).collect();
    assert_eq!(services.len(), 4, "{plan:#}");
    assert!(plan["accounts"].as_array().unwrap().iter().all(|account| account["problem"].is_null()), "{plan:#}");
}

#[test]
fn every_optional_line_works_too() {
    let optional = regex::Regex::new(r"(?m)^# ([a-z-]+ = )").unwrap();
    // The older certificate stands in the place of the public key.
    let text =
        printed().lines().filter(|line| !line.contains("platform-certificate-file")).collect::<Vec<_>>().join("\n");
    let text = optional.replace_all(&text, "$1").into_owned();
    let (_platform, run) = folder(&filled(&text));
    let plan = run.program(&["backup", "--api", "--plan", "--json"]).succeeds().json();
    let names: Vec<&str> = plan["accounts"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|account| account["lines"].as_array().unwrap())
        .map(|line| line["collector"].as_str().unwrap())
        .collect();
    assert!(names.contains(&"wxpay-sub-merchant-bills") && names.contains(&"mini-cloud"), "{names:?}");
    assert!(!names.contains(&"message-hours"), "what is left out by its printed name is not asked for: {names:?}");
}

#[test]
fn a_blank_that_was_left_is_named() {
    let (_platform, run) = folder(&printed());
    run.program(&["backup", "--api", "--plan"]).exits(2).says("<公众号的AppID>").says("hint: ");
}

#[test]
fn pages_are_fetched_unless_they_are_left_out() {
    let fetched = |arguments: &[&str]| {
        // The articles alone: what else there is takes minutes.
        let account = filled(printed().split("[merchant]").next().unwrap());
        let (platform, run) = folder(&(account + "\ncollectors = ['freepublish']\n"));
        let done = run.program(&[&["backup", "--api", "--no-mirror"], arguments].concat()).succeeds();
        let pages = platform.hits().into_iter().filter(|hit| hit.url.starts_with("mp.weixin.qq.com/")).count();
        (pages, done.stderr)
    };
    let (pages, said) = fetched(&[]);
    assert!(pages > 0 && said.contains("--api-only"), "{pages} {said}");
    let (pages, said) = fetched(&["--api-only"]);
    assert!(pages == 0 && !said.contains("--api-only"), "{pages} {said}");
}

#[test]
fn in_a_terminal_it_asks_whether_pages_are_fetched() {
    let account = filled(printed().split("[merchant]").next().unwrap()) + "\ncollectors = ['freepublish']\n";
    for (answer, fetches) in [("也许\n否\n", false), ("\n", true)] {
        let (platform, run) = folder(&account);
        let typed: Vec<(&str, String)> =
            answer.lines().map(|line| ("直接回车就是“是”）", format!("{line}\n"))).collect();
        let typed: Vec<(&str, &str)> = typed.iter().map(|(prompt, line)| (*prompt, line.as_str())).collect();
        let (code, said) = command_in_a_terminal(&run, "backup --api --no-mirror", &typed);
        assert_eq!(code, 0, "{said}");
        let fetched = platform.hits().iter().any(|hit| hit.url.starts_with("mp.weixin.qq.com/"));
        assert_eq!(fetched, fetches, "{answer:?}: {said}");
    }
}
