use serde_json::json;

use super::*;

fn read_all(value: &Value) -> Channels {
    let mut into = Channels::default();
    assert!(read(value, &mut into), "{value}");
    into
}

#[test]
fn a_work_has_its_number_before_the_id_of_an_export() {
    let listed = read_all(&json!({"errCode": 0, "data": {"totalCount": 2, "list": [
        {"objectId": "14500000000000000001", "exportId": "export/UzA", "createTime": 1_784_872_800, "favCount": 3,
         "likeCount": 1, "readCount": 9, "desc": {"description": "海边 &amp; 风", "media": [
            {"url": "https://finder.video.qq.com/a?encfilekey=x", "urlToken": "&token=y", "decodeKey": "18446744073709551615",
             "md5sum": "0123456789ABCDEF0123456789ABCDEF", "fileSize": "2300000", "videoPlayLen": 15, "width": 1080.0,
             "height": 1920, "mediaType": 4, "coverUrl": "https://finder.video.qq.com/c"}]}},
        {"objectId": "export/UzB", "createTime": 1_784_872_900, "desc": "二", "readCount": 0},
    ]}}));
    assert_eq!(listed.total_videos, Some(2));
    let [first, second] = listed.posts.as_slice() else { panic!("two") };
    assert_eq!(first.aliases, ["object:14500000000000000001", "export:UzA"]);
    assert_eq!(second.aliases, ["export:UzB"]);
    let fields = &first.fields;
    assert_eq!(fields.text.as_deref(), Some("海边 & 风"));
    assert_eq!((fields.bytes, fields.duration_ms, fields.width), (Some(2_300_000), Some(15_000), Some(1080)));
    assert_eq!(fields.md5.as_deref(), Some("0123456789abcdef0123456789abcdef"));
    let video = fields.video.as_ref().unwrap();
    assert_eq!((video.key, video.token.as_deref()), (Some(u64::MAX), Some("&token=y")));
    let counts = fields.counts.as_ref().unwrap();
    assert_eq!((counts.like, counts.recommend), (Some(3), Some(1)));
    assert_eq!(fields.statistics["readCount"], 9);
}

#[test]
fn what_is_not_for_everybody_is_said() {
    let value = json!({"list": [{"objectId": "1", "desc": "甲", "visibleType": 3}, {"objectId": "2", "desc": "乙", "visibleType": 1}]});
    let restricted: Vec<_> = read_all(&value).posts.iter().map(|post| post.fields.restricted).collect();
    assert_eq!(restricted, [Some(true), None]);
}

#[test]
fn a_live_broadcast_and_its_replay_share_a_name() {
    let history = read_all(
        &json!({"data": {"totalLiveCount": 1, "liveObjectList": [{"liveObjectId": "77", "createTime": 5,
        "description": "直播", "maxOnlineCount": 3, "liveStats": {"liveDurationInSeconds": 60, "totalAudienceCount": 8}}]}}),
    );
    let replays = read_all(&json!({"data": {"replayObjects": [{"liveId": "9", "objectId": "77", "duration": 61,
        "replayStatus": 3, "startTime": 5, "media": {"description": "直播"}}]}}));
    assert_eq!(history.posts[0].aliases, ["object:77"]);
    assert_eq!(replays.posts[0].aliases, ["object:77", "live:9"]);
    assert_eq!(history.total_lives, Some(1));
    assert_eq!(history.posts[0].fields.statistics["totalAudienceCount"], 8);
    assert_eq!(replays.posts[0].fields.form, Some(Form::Live));
}

#[test]
fn an_object_of_the_web_names_its_account_and_proves_nothing() {
    let listed = read_all(
        &json!({"data": {"object": [{"id": "123", "createtime": 7, "contact": {"username": "v2_a@finder",
        "nickname": "号"}, "objectDesc": {"description": "图", "mediaType": 2, "media": [{"url": "https://finder.video.qq.com/p",
        "urlToken": "&token=1"}]}, "countInfo": {"favCount": 2}}]}}),
    );
    let fields = &listed.posts[0].fields;
    assert_eq!((fields.account.as_deref(), fields.from_owner), (Some("v2_a@finder"), None));
    assert_eq!((fields.form, fields.attachments.len()), (Some(Form::Picture), 1));
    assert_eq!(fields.attachments[0].urls, ["https://finder.video.qq.com/p&token=1"]);
}

#[test]
fn an_empty_list_is_seen_and_other_things_are_not() {
    assert!(read_all(&json!({"errCode": 0, "data": {"list": [], "totalCount": 0}})).any);
    let mut into = Channels::default();
    assert!(!read(&json!({"list": [{"objectId": 1}], "log": {}}), &mut into));
}
