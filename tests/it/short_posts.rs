//! What is published and is no article: notes sent to followers, works of a 视频号. Whatever order lists and files come
//! in, each is held or missing by name; what is not for everybody stays private.

mod online;
mod order;

use liudi::parse::video::isaac64::Keystream;
use md5::{Digest as _, Md5};
use serde_json::{Value, json};

use crate::samples;
use crate::support::{Run, same};

const BIZ_NUMBER: &str = "1234567890";
const KEY: u64 = 2_065_249_527;

fn boxed(kind: &[u8], body: &[u8]) -> Vec<u8> {
    [&u32::try_from(body.len() + 8).unwrap().to_be_bytes()[..], kind, body].concat()
}

/// A video that plays `seconds` (so its header says) and is filled with `seed`.
fn film(seconds: u32, seed: u8, filling: usize) -> Vec<u8> {
    let mut mvhd = vec![0; 100];
    mvhd[12..16].copy_from_slice(&1000_u32.to_be_bytes());
    mvhd[16..20].copy_from_slice(&(seconds * 1000 + 40).to_be_bytes());
    let mut tkhd = vec![0; 84];
    for at in [40, 56] {
        tkhd[at..at + 4].copy_from_slice(&0x1_0000_u32.to_be_bytes());
    }
    tkhd[76..80].copy_from_slice(&(1080_u32 << 16).to_be_bytes());
    tkhd[80..84].copy_from_slice(&(1920_u32 << 16).to_be_bytes());
    let moov = boxed(b"moov", &[boxed(b"mvhd", &mvhd), boxed(b"trak", &boxed(b"tkhd", &tkhd))].concat());
    [boxed(b"ftyp", b"isom\0\0\x02\0isommp41"), boxed(b"mdat", &vec![seed; filling]), moov].concat()
}

/// As the platform gives it out: the beginning encrypted.
fn hidden(film: &[u8], key: u64) -> Vec<u8> {
    let mut bytes = film.to_vec();
    Keystream::new(key).apply(&mut bytes);
    bytes
}

fn md5(bytes: &[u8]) -> String {
    hex::encode(Md5::digest(bytes))
}

/// A work of a list; `media` is put over what every work has.
#[expect(clippy::needless_pass_by_value, reason = "reads like the list it makes")]
fn work(number: u64, text: &str, media: Value) -> Value {
    let mut medium = json!({
        "url": format!("https://finder.video.qq.com/251/20302/stodownload?encfilekey=Key{number}"),
        "urlToken": format!("&token=SecretToken{number:08}"), "mediaType": 4, "videoPlayLen": 15, "width": 1080, "height": 1920,
        "coverUrl": format!("https://finder.video.qq.com/251/20304/stodownload?encfilekey=Cover{number}&token=CoverSecret{number:06}"),
    });
    medium.as_object_mut().unwrap().extend(media.as_object().unwrap().clone());
    json!({
        "objectId": id(number), "exportId": format!("export/Uz{number}"), "createTime": 1_784_872_800 + number * 86_400,
        "desc": {"description": text, "media": [medium]}, "readCount": 98_765, "likeCount": 12, "favCount": 30,
    })
}

fn id(number: u64) -> String {
    (14_500_000_000_000_000_000 + number).to_string()
}

fn list(works: &[Value], total: usize) -> String {
    json!({"errCode": 0, "errMsg": "request successful", "data": {"list": works, "totalCount": total}}).to_string()
}

fn gaps(run: &Run) -> Vec<(String, String, String)> {
    let done = run.program(&["gaps", run.archive().to_str().unwrap(), "--format", "json"]).succeeds().json();
    let text = |gap: &Value, key: &str| gap[key].as_str().unwrap_or_default().to_owned();
    let mut gaps: Vec<_> = done
        .as_array()
        .unwrap()
        .iter()
        .filter(|gap| gap["kind"] != "media")
        .map(|gap| (text(gap, "kind"), text(gap, "key"), text(gap, "reason")))
        .collect();
    gaps.sort();
    gaps
}

fn record(run: &Run, bag: &str, number: u64) -> Value {
    let year = if number < 160 { 2026 } else { 2027 };
    serde_json::from_str(&run.read(&format!("{bag}/data/videos/{year}/{}.json", id(number)))).unwrap()
}

fn png(seed: u8) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x02\0\0\0".to_vec();
    bytes.extend(vec![seed; 300]);
    bytes
}

#[expect(clippy::needless_pass_by_value, reason = "reads like the list it makes")]
fn message(id: u64, kind: i64, more: Value) -> Value {
    let mut message = json!({"comm_msg_info": {"id": id, "type": kind, "datetime": 1_500_000_000 + id % 100 * 86_400, "fakeid": BIZ_NUMBER, "status": 2, "content": ""}});
    message.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    message
}

/// An article makes the account known; the notes are the account's.
fn messages() -> String {
    let article = json!({"app_msg_ext_info": {"title": "文章", "content_url": "http://mp.weixin.qq.com/s?__biz=MTIzNDU2Nzg5MA==&mid=2650000001&idx=1&sn=aa01"}});
    let mut text = message(1_000_000_001, 1, json!({}));
    text["comm_msg_info"]["content"] = json!("今晚八点读信，不见不散");
    let image = json!({"image_msg_ext_info": {"fileid": 504_297_283, "cdn_url": "http://mmbiz.qpic.cn/mmbiz_png/NoteImg0000000000000001/0?wx_fmt=png"}});
    let lost = json!({"image_msg_ext_info": {"fileid": 504_297_284}});
    let voice = json!({"voice_msg_ext_info": {"fileid": 504_297_285, "play_length": 4200}});
    let all = [
        message(2_650_000_001, 49, article),
        text,
        message(1_000_000_002, 3, image),
        message(1_000_000_003, 3, lost),
        message(1_000_000_004, 34, voice),
        // Known by the platform's number alone, which is what the file is called.
        message(1_000_000_005, 3, json!({"image_msg_ext_info": {"fileid": 504_297_286}})),
    ];
    all.map(|message| message.to_string()).join("\n")
}

#[test]
fn a_note_of_every_form_is_held_or_missing_by_name_and_has_a_page() {
    let run = Run::new()
        .file("list/messages.jsonl", messages())
        .file("site/mmbiz_png/NoteImg0000000000000001/640", png(7))
        .file("pictures/504297286.png", png(8))
        .file("voices/504297285.mp3", [&b"ID3\x03\0\0\0\0\0\0"[..], &[1; 5000]].concat());
    let done = run.backup(&["--json"]).succeeds().json();
    assert_eq!(done["notes"], json!({"listed": 5, "held": 4}), "{done}");
    let missing: Vec<_> = gaps(&run).into_iter().filter(|(kind, ..)| kind == "note").collect();
    assert_eq!(missing, [("note".into(), "note:MTIzNDU2Nzg5MA==_1000000003".into(), "not_held".into())]);
    let note: Value = serde_json::from_str(&run.read("public/data/notes/2017/1000000001.json")).unwrap();
    assert_eq!((&note["form"], &note["text"]), (&json!("text"), &json!("今晚八点读信，不见不散")));
    let page = run.read("archive/site/n/2017/1000000001.html".trim_start_matches("archive/"));
    assert!(page.contains("今晚八点读信"), "{page}");
    assert!(run.read("site/n/2017/1000000002.html").contains("<img src=\"../../media/"));
    assert!(run.read("site/n/2017/1000000005.html").contains("<img src=\"../../media/"));
    assert!(run.read("site/n/2017/1000000004.html").contains("<audio controls"));
    let year = run.read("site/archive/2017.html");
    assert!(year.contains("../n/2017/1000000001.html") && year.contains("今晚八点读信"), "{year}");
    let searched: Vec<String> = run
        .tree()
        .into_iter()
        .filter(|(name, _)| name.starts_with("site/search/d/"))
        .map(|(_, bytes)| String::from_utf8_lossy(&bytes).into_owned())
        .collect();
    assert!(searched.concat().contains("今晚八点读信"), "{searched:?}");
    assert!(run.read("public/data/tables/notes.csv").contains("note:MTIzNDU2Nzg5MA==_1000000003"));
}

/// One work of each way to be found, and one of each way to be missed.
fn folder() -> (Vec<(&'static str, Vec<u8>)>, String) {
    let exact = film(15, 1, 9000);
    let sized = film(20, 2, 9001);
    let named = film(25, 3, 9002);
    let secret = film(30, 4, 200_000);
    let sealed = film(35, 5, 150_000);
    let whole = film(40, 6, 9003);
    let damaged = film(40, 7, 9003);
    let cut = film(45, 8, 9004);
    let works = [
        work(
            1,
            "海边的第一天 #旅行",
            json!({"md5sum": md5(&exact).to_uppercase(), "fileSize": exact.len().to_string()}),
        ),
        work(2, "山里的第二天", json!({"fileSize": sized.len(), "videoPlayLen": 20})),
        work(3, "城里的第三天，雨很大，走了一整天 #旅行", json!({"fileSize": 1, "videoPlayLen": 25})),
        work(
            4,
            "藏起来的一天",
            json!({"md5sum": md5(&secret), "fileSize": secret.len(), "videoPlayLen": 30, "decodeKey": KEY.to_string()}),
        ),
        work(5, "没有钥匙的一天", json!({"fileSize": sealed.len(), "videoPlayLen": 35})),
        work(6, "坏掉的一天", json!({"md5sum": md5(&whole), "fileSize": whole.len(), "videoPlayLen": 40})),
        work(7, "断掉的一天，只下载了一半", json!({"videoPlayLen": 45})),
        work(8, "谁也没有的一天", json!({})),
    ];
    let files = vec![
        ("films/a.mp4", exact),
        ("films/b.mp4", sized),
        ("films/20260727城里的第三天，雨很大.mp4", named),
        ("films/stodownload.mp4", hidden(&secret, KEY)),
        ("films/c.mp4", hidden(&sealed, 99)),
        ("films/d.mp4", damaged),
        ("films/断掉的一天，只下载了一半.mp4", cut[..5000].to_vec()),
    ];
    (files, list(&works, 9))
}

#[test]
fn every_film_finds_its_work_and_every_work_without_one_is_missing_by_name() {
    let (files, list) = folder();
    let run = files.iter().fold(Run::new().file("post_list.json", &list), |run, (name, bytes)| run.file(name, bytes));
    let done = run.backup(&["--json"]).succeeds().json();
    assert_eq!(done["videos"], json!({"platform_total": 9, "listed": 8, "held": 4}), "{done}");
    let how: Vec<Value> = (1..5).map(|number| record(&run, "public", number)["matched_by"].clone()).collect();
    assert_eq!(how, ["md5", "size_duration", "name", "md5"]);
    let reasons: Vec<(String, String)> = gaps(&run).into_iter().map(|(_, key, reason)| (key, reason)).collect();
    let expected = [(5, "still_encrypted"), (6, "hash_mismatch"), (7, "broken_input"), (8, "not_held")];
    assert_eq!(reasons, expected.map(|(number, reason)| (format!("object:{}", id(number)), reason.to_owned())));
    // The opened video stands in the place of the hidden one.
    let media: Vec<String> =
        run.tree().into_iter().map(|(name, _)| name).filter(|name| name.contains("/media/")).collect();
    assert_eq!(
        media.iter().filter(|name| name.starts_with("public/") && name.ends_with(".mp4")).count(),
        4,
        "{media:?}"
    );
    assert_eq!(
        media.iter().filter(|name| name.starts_with("private/") && name.ends_with(".bin")).count(),
        1,
        "{media:?}"
    );
    let opened = &record(&run, "public", 4)["media"][1];
    assert_eq!((&opened["width"], &opened["height"]), (&json!(1080), &json!(1920)));
    assert_eq!(
        std::fs::read(run.archive().join("public/data").join(opened["path"].as_str().unwrap())).unwrap(),
        film(30, 4, 200_000)
    );
    let verified = run.program(&["verify", run.archive().to_str().unwrap()]);
    verified.succeeds();
}

#[test]
fn tokens_keys_and_the_owners_numbers_stay_out_of_the_public_part_and_the_site() {
    let (files, list) = folder();
    let run = files.iter().fold(Run::new().file("post_list.json", &list), |run, (name, bytes)| run.file(name, bytes));
    run.backup(&[]).succeeds();
    for (name, bytes) in run.tree() {
        let text = String::from_utf8_lossy(&bytes);
        let public = name.starts_with("public/") || name.starts_with("site/");
        for secret in ["SecretToken", "CoverSecret"] {
            assert!(!text.contains(secret), "{secret} in {name}");
        }
        for private in ["98765", "readCount", "2065249527"] {
            assert!(!(public && text.contains(private)), "{private} in {name}");
        }
    }
    assert!(run.read("private/data/tables/video-statistics.csv").contains("98765"));
}

#[test]
fn a_row_of_the_table_joins_the_work_of_its_day() {
    let table = "\u{feff}视频描述,视频ID,发布时间,播放量\n山里的第二天,export/another,2026/07/26,77\n别的一天,export/third,2026/07/26,78\n";
    let work = work(2, "山里的第二天", json!({}));
    let run = Run::new().file("a.csv", table).file("post_list.json", list(&[work], 2));
    let done = run.backup(&["--json", "--no-mirror"]).succeeds().json();
    assert_eq!(done["videos"]["listed"], 2, "{done}");
    assert_eq!(record(&run, "public", 2)["aliases"], json!(["export:Uz2", "export:another"]));
}

#[test]
fn what_was_not_for_everybody_stays_private() {
    let mut restricted = work(1, "给自己看的", json!({}));
    restricted["visibleType"] = json!(3);
    let live = json!({"data": {"totalLiveCount": 1, "liveObjectList": [{"liveObjectId": id(50), "createTime": 1_784_872_800, "description": "读信直播"}]}});
    let replay = json!({"data": {"replayObjects": [{"liveId": "9", "objectId": id(50), "duration": 60, "replayStatus": 3, "startTime": 1_784_872_800, "media": {"description": "读信直播"}}]}});
    let web = json!({"data": {"object": {"id": id(60), "createtime": 1_784_872_800, "contact": {"username": "v2_other@finder", "nickname": "别人"},
        "objectDesc": {"description": "别人的视频", "media": [{"url": "https://finder.video.qq.com/x", "urlToken": "&token=a"}]}}}});
    let run = Run::new()
        .file("post_list.json", list(&[restricted], 1))
        .file("history.json", live.to_string())
        .file("replays.json", replay.to_string())
        .file("web.json", web.to_string())
        .file("films/读信直播.mp4", film(60, 1, 9000));
    let done = run.backup(&["--json"]).succeeds().json();
    assert_eq!(done["live_replays"], json!({"platform_total": 1, "listed": 1, "held": 1}), "{done}");
    assert_eq!(done["videos"]["listed"], 1, "other people's works are not counted: {done}");
    let names: Vec<String> = run.tree().into_iter().map(|(name, _)| name).collect();
    assert!(
        !names.iter().any(|name| name.starts_with("public/data/videos/") || name.starts_with("site/v/")),
        "{names:?}"
    );
    assert!(!names.iter().any(|name| name.starts_with("public/data/media/")), "{names:?}");
    assert_eq!(record(&run, "private", 50)["aliases"], json!(["live:9"]));
    assert_eq!(names.iter().filter(|name| name.starts_with("private/data/videos/")).count(), 3, "{names:?}");
}

#[test]
fn an_object_of_the_web_is_own_once_the_backend_names_the_account() {
    let web = json!({"object": {"id": id(1), "createtime": 1_784_872_800, "contact": {"username": "v2_me@finder"}, "objectDesc": {"description": "我的视频"}}});
    let owner = json!({"errCode": 0, "data": {"finderUser": {"nickname": "海边日记", "finderUsername": "v2_me@finder", "feedsCount": 1}}});
    let run = Run::new().file("web.json", web.to_string());
    run.backup(&["--no-mirror"]).succeeds();
    assert!(run.archive().join(format!("private/data/videos/2026/{}.json", id(1))).exists());
    let run = run.file("auth.json", owner.to_string());
    let done = run.backup(&["--no-mirror", "--json"]).succeeds().json();
    assert_eq!(done["account"], "海边日记");
    assert_eq!(done["videos"], json!({"platform_total": 1, "listed": 1, "held": 0}), "{done}");
    assert!(!run.archive().join(format!("private/data/videos/2026/{}.json", id(1))).exists());
    assert_eq!(record(&run, "public", 1)["class"], "public");
}

#[test]
fn the_person_may_say_which_channel_is_their_own() {
    let object = |number: u64, user: &str, name: &str| {
        json!({"id": id(number), "createtime": 1_784_872_800, "contact": {"username": user, "nickname": name},
               "objectDesc": {"description": format!("{name}的视频")}})
    };
    let both =
        json!({"data": {"object": [object(1, "v2_me@finder", "海边日记"), object(2, "v2_other@finder", "别人")]}});
    let run = Run::new().file("web.json", both.to_string());
    run.backup(&["--no-mirror", "--account", "谁也不是"]).exits(2);
    let done = run.backup(&["--no-mirror", "--json", "--account", "海边日记"]).succeeds().json();
    assert_eq!((&done["account"], &done["videos"]["listed"]), (&json!("海边日记"), &json!(1)), "{done}");
    assert_eq!(record(&run, "public", 1)["class"], "public");
    assert_eq!(record(&run, "private", 2)["class"], "private");
    // It is remembered, also when the working state is lost.
    std::fs::remove_dir_all(run.archive().join(".liudi")).unwrap();
    let before = run.tree();
    run.backup(&["--no-mirror"]).succeeds();
    same(&before, &run.tree());
}

#[test]
fn films_that_no_list_names_are_kept_and_told_of() {
    let run = Run::new().file("films/a.mp4", film(9, 1, 9000));
    let done =
        run.backup(&["--no-mirror"]).succeeds().says("One more video, recording or picture matches no listed post");
    assert!(done.said().contains("Images, audio, video: 0 saved"), "it is counted once: {}", done.said());
    assert!(run.tree().iter().any(|(name, _)| name.starts_with("private/data/media/") && name.ends_with(".mp4")));
    assert!(run.read("private/data/tables/saved-files.csv").contains("a.mp4"));
}

#[test]
fn a_rehearsal_counts_the_films_it_would_fetch() {
    let run = Run::new().file("post_list.json", list(&[work(1, "海边", json!({}))], 1));
    let done = run.backup(&["--dry-run", "--json"]).succeeds().json();
    assert_eq!(done["fetch_media"], 2, "the film and its cover: {done}");
}

#[test]
fn the_mirror_plays_videos_and_lists_them() {
    let exact = film(15, 1, 9000);
    let works = [
        work(1, "海边的第一天 #旅行\n风很大，浪也很大。", json!({"md5sum": md5(&exact)})),
        work(2, "没有文件的一天", json!({})),
    ];
    let run = Run::new().file("post_list.json", list(&works, 2)).file("films/a.mp4", &exact);
    run.backup(&[]).succeeds();
    let page = run.read(&format!("site/v/2026/{}.html", id(1)));
    assert!(page.contains("width=\"1080\" height=\"1920\"") && page.contains("<video controls"), "{page}");
    assert!(page.contains("风很大，浪也很大。") && page.contains("海边的第一天 #旅行"), "{page}");
    assert!(run.read(&format!("site/v/2026/{}.html", id(2))).contains("class=\"missing\""));
    let list = run.read("site/videos/index.html");
    assert!(list.contains(&format!("../v/2026/{}.html", id(1))) && list.contains("0:15"), "{list}");
    assert!(run.read("site/index.html").contains("videos/index.html"));
    assert!(run.read("site/archive/2026.html").contains("没有文件的一天"));
}

/// The first of these is the published first output of ISAAC-64 with an empty seed.
#[test]
fn the_stream_is_isaac_64() {
    for (key, first, digest) in [
        (
            0,
            "9d39247e33776d412af7398005aaa5c744db0150246235479c15f73e62a76ae2",
            "e1662af3b7e59867c919ad19055fc8cecea2b154d37e1459b2f96d1da14cef1f",
        ),
        (
            1,
            "e19ed5d2ca98af2da7a18d07cab39b52a0ab0232d180af1472b36dcf1af5e46f",
            "39d98f5b25cc52f0996f7ef9e1022156cb029901be6a11ebbdd7469c6ffd5839",
        ),
        (
            123_456,
            "9e2b4f671b4aade2916ff0d035894e2c8b41c55ddd8918b507ad22dddfb8f138",
            "59c817bee5513957c2ca1b26d09b39eb4d2c96332407d9684e29c585fa72a29c",
        ),
    ] {
        let mut stream = vec![0; 131_072];
        Keystream::new(key).apply(&mut stream);
        assert_eq!(hex::encode(&stream[..32]), first, "{key}");
        assert_eq!(hex::encode(sha2::Sha256::digest(&stream)), digest, "{key}");
    }
}

#[test]
fn the_stream_is_the_platforms() {
    let Some(path) = samples("api/vectors/isaac64_channels.json") else { return };
    let vectors: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let vectors = vectors["vectors"].as_array().unwrap();
    assert!(!vectors.is_empty());
    for vector in vectors {
        let key: u64 = vector["decode_key"].as_str().unwrap().parse().unwrap();
        let mut stream = vec![0; 131_072];
        Keystream::new(key).apply(&mut stream);
        assert_eq!(hex::encode(&stream[..32]), vector["keystream_first32_hex"]);
        assert_eq!(hex::encode(sha2::Sha256::digest(&stream)), vector["keystream_sha256"]);
        let mut text: Vec<u8> = (0..140_000_u32).map(|at| u8::try_from((31 * at + 7) & 0xff).unwrap()).collect();
        Keystream::new(key).apply(&mut text);
        assert_eq!(hex::encode(sha2::Sha256::digest(&text)), vector["ciphertext_sha256"]);
    }
}

#[test]
fn the_sample_answers_of_the_backend_are_one_work_and_one_broadcast() {
    let Some(path) = samples("api/synthetic") else { return };
    let names = [
        "channels_post_list.json",
        "channels_download_post_data.json",
        "视频号动态数据明细.csv",
        "channels_live_history.json",
        "channels_live_replay_list_v2.json",
    ];
    let run = names.iter().fold(Run::new(), |run, name| run.input(path.join(name)));
    let done = run.backup(&["--json", "--no-mirror"]).succeeds().json();
    // The second row of the table is a work of its own; the live history and the list of replays tell of one broadcast.
    assert_eq!((&done["videos"]["listed"], &done["live_replays"]["listed"]), (&json!(2), &json!(1)), "{done}");
}
