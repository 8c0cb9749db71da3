#!/usr/bin/env bash
# Renders what stands in this folder by the tools that will read it, where they are installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

skipped() { echo "skipped  $1: $2 is not installed"; }

has_compose() { docker compose version >/dev/null 2>&1; }

if has_compose; then
  docker compose -f compose.yaml --profile kibana config --quiet
  echo 'passed   compose.yaml'
else
  skipped compose.yaml 'docker compose'
fi

if command -v helm >/dev/null; then
  needed=(--set 'brokers=a:9092\,b:9092' --set elasticsearchUrl=http://elasticsearch:9200)
  helm lint --quiet --strict chart "${needed[@]}"
  for options in '' '--set ingress.enabled=true --set ingress.tlsSecret=tls --set settingsSecret=recount' \
    '--set kafka.ssl=true --set kafka.saslMechanism=plain --set kafka.username=u --set caSecret=ca --set kafkaCaEntry=ca.pem --set prefix=team2'; do
    # shellcheck disable=SC2086 # several words
    helm template recount chart "${needed[@]}" $options >/dev/null
  done
  ! helm template recount chart >/dev/null 2>&1 || {
    echo 'failed   chart: it renders without brokers' >&2
    exit 1
  }
  echo 'passed   chart'
else
  skipped chart helm
fi

if command -v shellcheck >/dev/null; then
  shellcheck -x -P SCRIPTDIR check.sh local-engines/*.sh
  echo 'passed   scripts'
else
  skipped scripts shellcheck
fi

node -e '
  const { readFileSync } = require("node:fs")
  JSON.parse(readFileSync("grafana/recount.json", "utf8"))
  for (const line of readFileSync("kibana/data-view.ndjson", "utf8").trim().split("\n")) JSON.parse(line)
'
echo 'passed   dashboards'
