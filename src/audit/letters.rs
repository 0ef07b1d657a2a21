//! Drafts the owner can edit: the announcement, the auto-reply, the mark, and the application for each entity. They are
//! drafts; where the platform has a form of its own, that form counts.

use minijinja::value::Serde;
use minijinja::{Environment, context};

use super::engine::Scene;
use super::plan::Plan;
use super::profile::Entity;
use crate::error::{Error, Result};

/// One draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its file name.
    pub name: &'static str,
    /// Its text.
    pub text: String,
}

const DRAFTS: &[(&str, &str)] = &[
    ("announcement.zh.txt", include_str!("../../templates/letters/announcement.zh.txt.j2")),
    ("announcement.en.txt", include_str!("../../templates/letters/announcement.en.txt.j2")),
    ("auto-reply.txt", include_str!("../../templates/letters/auto-reply.txt.j2")),
    ("name-mark.txt", include_str!("../../templates/letters/name-mark.txt.j2")),
];

/// The application for `entity` and its file name; a person verifies by scanning and writes none.
fn application(entity: Entity) -> Option<(&'static str, &'static str)> {
    match entity {
        Entity::Personal => None,
        Entity::Enterprise | Entity::Media | Entity::Org => {
            Some(("application.txt", include_str!("../../templates/letters/application-enterprise.txt.j2")))
        }
        Entity::Sole => Some(("application.txt", include_str!("../../templates/letters/application-sole.txt.j2"))),
        Entity::Government => {
            Some(("application.txt", include_str!("../../templates/letters/application-government.txt.j2")))
        }
        Entity::Dissolved => {
            Some(("application.txt", include_str!("../../templates/letters/application-dissolved.txt.j2")))
        }
        Entity::Overseas => {
            Some(("application.txt", include_str!("../../templates/letters/application-overseas.txt.j2")))
        }
    }
}

/// Every draft for this account. `site` is where the mirror will stand, if that is known.
pub fn drafts(scene: &Scene<'_>, plan: &Plan, site: Option<&str>) -> Result<Vec<Letter>> {
    let failed = |error: minijinja::Error| Error::other("letter-not-rendered").because(error);
    let environment = Environment::new();
    let submit = plan.steps.iter().map(|step| step.submit).max().unwrap_or_else(|| scene.today());
    let kinds: Vec<&str> = scene
        .kinds()
        .into_iter()
        .map(|kind| match kind.code() {
            "oa.subscription" => "公众号",
            "oa.service" => "服务号",
            "mp" | "mp.game" | "mp.store" => "小程序",
            "channels" => "视频号",
            "wechat" => "微信号",
            "wecom" => "企业微信",
            "mch" => "微信支付商户号",
            _ => "微信小店",
        })
        .collect();
    let chosen = scene.profile.entity.and_then(application);
    let context = context! {
        name => Serde(&scene.profile.name),
        subject => Serde(&scene.profile.subject),
        original_id => Serde(&scene.profile.original_id),
        accounts => kinds.join("、"),
        submit => submit.to_string(),
        today => scene.today().to_string(),
        site,
    };
    DRAFTS
        .iter()
        .copied()
        .chain(chosen)
        .map(|(name, template)| Ok(Letter { name, text: environment.render_str(template, &context).map_err(failed)? }))
        .collect()
}
