//! Connections to PostgreSQL: the address, TLS, the pool.

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt as _;
use secrecy::{ExposeSecret as _, SecretString};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Config, NoTls, Row};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{GRAPHILE, SCHEMA};
use crate::error::{Error, Result};

/// Time in which a connection must be there, and answer.
const PROMPT: Duration = Duration::from_secs(10);

/// Time in which a connection that was in use before must answer.
const FRESH: Duration = Duration::from_secs(2);

/// Most connections of one queue.
const CONNECTIONS: usize = 8;

/// Number of the lock under which the tables are made.
const LOCK: i64 = 0x006c_6975_6469;

/// Number of tries of a statement that the server ended to resolve a deadlock.
const DEADLOCKS: usize = 5;

/// A server, and a pool of connections to it.
#[derive(Clone)]
pub(super) struct Server {
    pool: Pool,
    /// Where it is, without user and password.
    place: Arc<str>,
}

impl Server {
    /// Reads the address. Nothing is connected yet.
    pub(super) fn new(url: &SecretString) -> Result<Self> {
        // What is wrong with it would quote it, and it has a password.
        let parsed = url.expose_secret().parse::<Config>();
        let mut config = parsed.map_err(|_| Error::usage("fleet-queue-address-invalid"))?;
        let place: Arc<str> = place(&config).into();
        if config.get_application_name().is_none() {
            config.application_name("liudi");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PROMPT);
        }
        // A network that swallows everything must not be waited for longer than a lease.
        config.tcp_user_timeout(PROMPT).keepalives_idle(PROMPT);
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Verified };
        let manager = if needs_tls(&config) {
            Manager::from_config(config, MakeRustlsConnect::new(tls(&place)?), recycling)
        } else {
            Manager::from_config(config, NoTls, recycling)
        };
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(PROMPT))
            .create_timeout(Some(PROMPT))
            .recycle_timeout(Some(FRESH))
            .build();
        let pool = pool.map_err(|error| failed(&place)(error))?;
        Ok(Self { pool, place })
    }

    /// Returns the pool.
    pub(super) fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Returns where the server is.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// Returns the error of a failure.
    pub(super) fn failed(&self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        failed(&self.place)(cause)
    }

    /// Makes the tables, unless they are there. Processes that start together take turns.
    pub(super) async fn prepare(&self) -> Result<()> {
        // Out of the pool: the lock ends with the connection, even if nobody waits for this any more.
        let client = Object::take(self.client().await?);
        client.execute("SELECT pg_advisory_lock($1)", &[&LOCK]).await.map_err(|error| self.failed(error))?;
        let utils = graphile_worker::WorkerUtils::new(self.pool.clone(), GRAPHILE);
        utils.migrate().await.map_err(|error| self.failed(error))?;
        client.batch_execute(SCHEMA).await.map_err(|error| self.failed(error))
    }

    async fn client(&self) -> Result<Object> {
        self.pool.get().await.map_err(|error| self.failed(error))
    }

    /// Runs one statement, which is one transaction, and returns its rows.
    pub(super) async fn rows(&self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>> {
        let client = self.client().await?;
        let statement = client.prepare_cached(sql).await.map_err(|error| self.failed(error))?;
        let mut tries = 1;
        loop {
            match client.query(&statement, values).await {
                Err(error) if error.code() == Some(&SqlState::T_R_DEADLOCK_DETECTED) && tries < DEADLOCKS => tries += 1,
                done => return done.map_err(|error| self.failed(error)),
            }
        }
    }

    /// Runs one statement that returns one value.
    pub(super) async fn value<T>(&self, sql: &str, values: &[&(dyn ToSql + Sync)]) -> Result<T>
    where
        T: for<'a> tokio_postgres::types::FromSql<'a>,
    {
        let rows = self.rows(sql, values).await?;
        let row = rows.first().ok_or_else(|| self.failed("no row"))?;
        row.try_get(0).map_err(|error| self.failed(error))
    }
}

fn failed<E: Into<Box<dyn std::error::Error + Send + Sync>>>(place: &str) -> impl FnOnce(E) -> Error {
    move |cause| Error::other("fleet-queue-failed").with("place", place).because(cause)
}

/// Returns where the server is, without user and password.
fn place(config: &Config) -> String {
    let mut ports = config.get_ports().iter().copied().cycle();
    let hosts = config.get_hosts().iter().map(|host| {
        let port = ports.next().unwrap_or(5432);
        match host {
            Host::Tcp(name) => format!("{name}:{port}"),
            #[cfg(unix)]
            Host::Unix(path) => path.display().to_string(),
        }
    });
    let hosts: Vec<String> = hosts.collect();
    format!("postgresql://{}/{}", hosts.join(","), config.get_dbname().unwrap_or_default())
}

/// Reports whether a connection may leave the machine; a socket file needs no certificates to be there.
fn needs_tls(config: &Config) -> bool {
    let leaves = |host: &Host| matches!(host, Host::Tcp(_));
    config.get_ssl_mode() != SslMode::Disable
        && (config.get_hosts().is_empty() || config.get_hosts().iter().any(leaves))
}

/// Returns the settings of TLS: the certificate must be one that this machine trusts. The provider is named because
/// another crate may bring a second one, and rustls refuses to choose.
fn tls(place: &str) -> Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = builder.and_then(|builder| Ok(builder.with_platform_verifier()?.with_no_client_auth()));
    config.map_err(|error| failed(place)(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_has_no_password_and_errors_have_none() {
        let config = |url: &str| url.parse::<Config>().unwrap();
        let far = config("postgresql://me:geheim@db.example:5433/fleet?sslmode=require");
        assert_eq!(place(&far), "postgresql://db.example:5433/fleet");
        assert!(needs_tls(&far));
        assert!(!needs_tls(&config("postgresql://me:geheim@db.example/fleet?sslmode=disable")));
        let near = config("postgresql:///fleet?host=/run/postgresql&user=me&password=geheim");
        assert_eq!(place(&near), "postgresql:///run/postgresql/fleet");
        assert!(!needs_tls(&near));
        let wrong = SecretString::from("postgresql://me:geheim@db.example:geheim/fleet");
        let error = Server::new(&wrong).err().unwrap();
        assert_eq!(error.code(), "fleet-queue-address-invalid");
        assert!(!format!("{error:?}").contains("geheim"));
    }
}
