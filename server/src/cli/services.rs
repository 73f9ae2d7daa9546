//! `yoriai services`: which services there are. They are made and ended by the REST API.

use chat::ServiceSid;
use clap::Args;
use serde_json::json;

use super::{Failed, open_store, say};
use crate::config::Config;
use crate::services::others_beside;

#[derive(Args)]
pub(super) struct Services {
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

struct Listed {
    sid: ServiceSid,
    name: String,
}

impl Services {
    pub(super) async fn run(self, config: &Config) -> Result<(), Failed> {
        let mut all = vec![listed(config, None).await?];
        for sid in others_beside(&config.database)? {
            all.push(listed(config, Some(sid)).await?);
        }
        say(shown(&all, self.json))?;
        Ok(())
    }
}

async fn listed(config: &Config, service: Option<ServiceSid>) -> Result<Listed, Failed> {
    let (store, service) = open_store(config, service).await?;
    let name = store.read(|tx| Ok(tx.service_name()?)).await;
    store.close().await;
    let name = name?.map_or_else(|| config.name.clone(), |name| name.as_str().to_owned());
    Ok(Listed { sid: service.sid, name })
}

fn shown(all: &[Listed], json: bool) -> String {
    if json {
        let services: Vec<_> =
            all.iter().map(|one| json!({"sid": one.sid, "friendly_name": one.name})).collect();
        return json!({"services": services}).to_string();
    }
    let lines: Vec<String> = all.iter().map(|one| format!("{}  {}", one.sid, one.name)).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_lines_and_programs_json() {
        let sid = ServiceSid::from_bytes([7; 16]);
        let all = [Listed { sid, name: "Our village".to_owned() }];
        assert_eq!(shown(&all, false), format!("{sid}  Our village"));
        let json = json!({"services": [{"sid": sid, "friendly_name": "Our village"}]});
        assert_eq!(shown(&all, true), json.to_string());
    }
}
