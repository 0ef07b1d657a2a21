//! 全部账号: how each account of a fleet stands, the worst first, and the way into its archive.

use std::sync::Arc;

use minijinja::{Value, context};

use crate::desk::form::Form;
use crate::desk::state::Desk;
use crate::desk::view::{self, Info, View, value};
use crate::error::{Error, Result};
use crate::fleet::list::Fleet as List;
use crate::fleet::queue;
use crate::fleet::status::FleetStatus;
use crate::pipeline::archive::state::is_archive;
use crate::pipeline::environment::Environment;
use crate::words::fleet::{moment, totals};

/// The view.
pub(in crate::desk) struct Fleet;

impl View for Fleet {
    fn info(&self) -> &'static Info {
        &Info { slug: "fleet", of_archive: false, in_steps: false }
    }

    fn values(&self, desk: &Arc<Desk>, _: &Form) -> Result<Value> {
        let (list, status) = read(desk)?;
        let phrases = desk.phrases();
        let accounts: Vec<Value> = status
            .accounts
            .iter()
            .map(|account| {
                context! {
                    archive => is_archive(&account.archive).then(|| full(&account.archive)),
                    ..value(phrases.fleet_account(account, &list.folder))
                }
            })
            .collect();
        Ok(context! { accounts, totals => totals(&status), at => moment(status.at) })
    }

    fn json(&self, desk: &Arc<Desk>) -> Result<Option<Vec<u8>>> {
        view::json(&read(desk)?.1).map(Some)
    }
}

fn read(desk: &Desk) -> Result<(List, FleetStatus)> {
    let path = desk.options.fleet.as_deref().ok_or_else(|| Error::usage("fleet-not-found").with("path", "."))?;
    let list = List::open(path)?;
    let queue = queue::open(&list)?;
    let status = FleetStatus::read(&list, &*queue, Environment::real().now()?)?;
    Ok((list, status))
}

fn full(path: &std::path::Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}
