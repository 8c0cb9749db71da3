#!/usr/bin/env bash
# Starts one Kafka broker and one Elasticsearch node, if they do not run yet, and prints the settings that point Recount at them.
set -euo pipefail
here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
. "$here/engines.sh"

kafka_port="${RECOUNT_ENGINES_KAFKA_PORT:-21092}"
elasticsearch_port="${RECOUNT_ENGINES_ELASTICSEARCH_PORT:-21200}"
start_limit_s=180

find_java() {
  local command version
  command="$(command -v "${JAVA_HOME:+$JAVA_HOME/bin/}java")" ||
    die "Java 17 or newer is needed: put java on the PATH, or set JAVA_HOME (Debian: apt-get install openjdk-17-jre-headless)."
  command="$(readlink -f "$command")"
  version="$("$command" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p')"
  [ "${version:-0}" -ge 17 ] || die "Java 17 or newer is needed; $command is version ${version:-unknown}."
  java_home="$(dirname "$(dirname "$command")")"
}

# Shows why a server is not there, and leaves no half-started one behind.
fail() {
  local pid
  ! pid="$(pid_of "$1")" || kill -KILL "$pid"
  tail -n 30 "$root/$1/log" >&2
  die "$1 $2; the log is $root/$1/log"
}

# $1: the server, and after it the Maven goal that brings what its pom names into the folder that the result, $files, is then.
# The folder appears only when it is whole, under the checksum of the pom: another version gets another folder.
fetch() {
  files="$root/$1/files-$(cksum <"$here/$1/pom.xml" | cut -d' ' -f1)"
  [ ! -d "$files" ] || return 0
  command -v mvn >/dev/null || die "Maven is needed to fetch $1: put mvn on the PATH (Debian: apt-get install maven)."
  say "Fetching $1 with Maven…"
  rm -rf "$files.part"
  mkdir -p "$files.part"
  mvn -q -B -ntp -f "$here/$1/pom.xml" "dependency:$2" -DincludeScope=runtime -DoutputDirectory="$files.part" \
    -DmarkersDirectory="$files.part/.markers" >"$root/$1/log" 2>&1 9>&- || fail "$1" 'could not be fetched'
  chmod -R a+rX "$files.part"
  mv "$files.part" "$files"
}

# Each asks the server for an answer of its own: the system takes connections for a process that is stopped, too.
kafka_answers() (
  exec 3<>"/dev/tcp/127.0.0.1/$kafka_port" || exit
  # the request ApiVersions, version 0, with the number 1 and no client id; the answer begins with its length
  printf '\x00\x00\x00\x0a\x00\x12\x00\x00\x00\x00\x00\x01\xff\xff' >&3
  [ "$(timeout 5 head -c 4 <&3 | wc -c)" = 4 ]
) 2>/dev/null

elasticsearch_answers() (
  exec 3<>"/dev/tcp/127.0.0.1/$elasticsearch_port" || exit
  printf 'GET /_cluster/health HTTP/1.0\r\n\r\n' >&3
  timeout 5 head -n 1 <&3 | grep -q ' 200 '
) 2>/dev/null

is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

launch_kafka() {
  local run="$root/kafka" classes
  fetch kafka copy-dependencies
  classes=(-Dlog4j2.configurationFile="$here/kafka/log4j2.yaml" -cp "$files/*")
  sed -e "s#@PORT@#$kafka_port#" -e "s#@CONTROLLER_PORT@#$((kafka_port + 1))#" -e "s#@DATA@#$run/data#" \
    "$here/kafka/server.properties" >"$run/server.properties"
  if [ ! -f "$run/data/meta.properties" ]; then
    "$java_home/bin/java" -Xmx128m "${classes[@]}" kafka.tools.StorageTool format \
      -t recount-local-engine00 -c "$run/server.properties" >"$run/log" 2>&1 || fail kafka 'could not format its folder'
  fi
  setsid "$java_home/bin/java" -Xms256m -Xmx1g -XX:+ExitOnOutOfMemoryError "${classes[@]}" kafka.Kafka "$run/server.properties" \
    >"$run/log" 2>&1 </dev/null 9>&- &
  echo $! >"$run/pid"
}

launch_elasticsearch() {
  local run="$root/elasticsearch" home as=()
  fetch elasticsearch unpack-dependencies
  home="$(echo "$files"/elasticsearch-*)"
  chmod a+x "$home"/bin/*
  rm -rf "$run/config" "$run/tmp" "$run/pid"
  mkdir -p "$run/config" "$run/data" "$run/tmp" "$run/logs"
  cp "$home"/config/{log4j2.properties,roles.yml,role_mapping.yml,users,users_roles} "$run/config"
  cp "$here"/elasticsearch/{elasticsearch.yml,jvm.options} "$run/config"
  if [ "$(id -u)" = 0 ]; then
    # It refuses to run as root.
    as=(setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups)
    chown "nobody:$(id -g nobody)" "$run"
    chown -R "nobody:$(id -g nobody)" "$run"/{config,data,tmp,logs}
    "${as[@]}" test -r "$run/config/elasticsearch.yml" ||
      die "Elasticsearch runs as the user nobody, who cannot read $run: set RECOUNT_ENGINES_DIR to a folder that others can reach."
  fi
  # -d: returns when the node has started, and leaves the server alone, without the process that started it
  env -i PATH="$PATH" LANG=C.UTF-8 ES_JAVA_HOME="$java_home" ES_PATH_CONF="$run/config" ES_TMPDIR="$run/tmp" \
    setsid -w timeout "$start_limit_s" "${as[@]}" "$home/bin/elasticsearch" -d -p "$run/pid" -Epath.data="$run/data" -Epath.logs="$run/logs" \
    -Ehttp.port="$elasticsearch_port" -Etransport.port="$((elasticsearch_port + 1))" \
    >"$run/log" 2>&1 </dev/null 9>&- || fail elasticsearch 'did not start'
}

# $1: the server; the rest: the ports that it takes.
start() {
  local server="$1" port log="$root/$1/log" until_s
  shift
  mkdir -p "$root/$server"
  if pid_of "$server" >/dev/null; then
    "${server}_answers" || die "$server runs (process $(pid_of "$server")) but does not answer on its port: see $log, or run stop.sh first."
    return
  fi
  for port in "$@"; do
    ! is_taken "$port" || die "Port $port, for $server, is taken: set RECOUNT_ENGINES_${server^^}_PORT."
  done
  say "Starting ${server}…"
  "launch_$server"
  until_s=$((SECONDS + start_limit_s))
  until "${server}_answers"; do
    kill -0 "$(cat "$root/$server/pid")" 2>/dev/null || fail "$server" 'ended at its start'
    [ "$SECONDS" -lt "$until_s" ] || fail "$server" "did not answer within $start_limit_s s"
    sleep 0.2
  done
}

find_java
umask 022
mkdir -p "$root"
# Two starts at a time would fetch into the same folder. The servers must not inherit the lock: they would hold it while they run.
exec 9>"$root/lock"
flock 9

start kafka "$kafka_port" "$((kafka_port + 1))"
start elasticsearch "$elasticsearch_port" "$((elasticsearch_port + 1))"

echo "RECOUNT_KAFKA_BROKERS=127.0.0.1:$kafka_port"
echo "RECOUNT_ELASTICSEARCH_URL=http://127.0.0.1:$elasticsearch_port"
