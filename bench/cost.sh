#!/usr/bin/env bash
# CPU time per probe of blackbox_exporter and Clearbox (on this Node and on Node 26), in turn on the same targets.
# Needs nginx, wrk, openssl, and blackbox_exporter: PEER_DIR is the folder that holds it (see .ci/run).
#   npm run build && bench/cost.sh [SECONDS] [ROUNDS]
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-3} rounds=${2:-5} connections=32
for peer in "${PEER_DIR:?the folder of blackbox_exporter}"/{,usr/bin/}{prometheus-blackbox-exporter,blackbox_exporter}; do
  [ ! -x "$peer" ] || break
done
work=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait; rm -rf "$work"' EXIT

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$work/key.pem" -out "$work/cert.pem" \
  -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 2>/dev/null
cat >"$work/nginx.conf" <<CONF
worker_processes 1; daemon off; pid $work/nginx.pid; error_log $work/error.log;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path $work/t1; proxy_temp_path $work/t2; fastcgi_temp_path $work/t3; uwsgi_temp_path $work/t4; scgi_temp_path $work/t5;
  server { listen 127.0.0.1:18080; location / { return 200 "ok\n"; } }
  server { listen 127.0.0.1:18443 ssl; ssl_certificate $work/cert.pem; ssl_certificate_key $work/key.pem; location / { return 200 "ok\n"; } }
}
CONF
cat >"$work/modules.yml" <<YML
modules:
  http: {prober: http, http: {preferred_ip_protocol: ip4}}
  https: {prober: http, http: {preferred_ip_protocol: ip4, enable_http2: false, tls_config: {ca_file: $work/cert.pem}}}
  tcp: {prober: tcp}
  tcp_tls: {prober: tcp, tcp: {tls: true, tls_config: {ca_file: $work/cert.pem}}}
YML

PATH=$PATH:/usr/sbin nginx -c "$work/nginx.conf" & pids+=($!)
node26=$(npx -y -p node@26 node -p process.execPath)
names=(blackbox_exporter "Clearbox, Node $(node -p process.versions.node)" "Clearbox, Node $("$node26" -p process.versions.node)")
"$peer" --config.file="$work/modules.yml" --web.listen-address=127.0.0.1:19115 --log.prober=error 2>/dev/null & exporters=($!)
node dist/src/main.js --config.file="$work/modules.yml" --web.listen-address=127.0.0.1:19116 --log.prober=none 2>/dev/null & exporters+=($!)
"$node26" dist/src/main.js --config.file="$work/modules.yml" --web.listen-address=127.0.0.1:19117 --log.prober=none 2>/dev/null & exporters+=($!)
pids+=("${exporters[@]}")
for port in 19115 19116 19117; do
  until curl -fs "http://127.0.0.1:$port/-/healthy" >/dev/null; do sleep 0.1; done
done

ticks() { awk '{print $14 + $15}' "/proc/$1/stat"; }
median() { sort -n | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
round() { # exporter's number, module, target: microseconds of CPU per probe, probes per second
  local before after count
  before=$(ticks "${exporters[$1]}")
  count=$(wrk -t1 -c$connections "-d${seconds}s" "http://127.0.0.1:1911$((5 + $1))/probe?module=$2&target=$3" | awk '/requests in/ {print $1}')
  after=$(ticks "${exporters[$1]}")
  echo "$(((after - before) * 1000000 / $(getconf CLK_TCK) / count)) $((count / seconds))"
}

echo "| | $(printf '%s | ' "${names[@]}" 'ratio')"
echo '|---|---|---|---|---|'
for case in 'http http://127.0.0.1:18080/' 'https https://127.0.0.1:18443/' 'tcp 127.0.0.1:18080' 'tcp_tls 127.0.0.1:18443'; do
  read -r module target <<<"$case"
  for exporter in 0 1 2; do round $exporter "$module" "$target" >/dev/null; done
  for ((r = 0; r < rounds; r++)); do
    for exporter in 0 1 2; do round $exporter "$module" "$target" >>"$work/$module.$exporter"; done
  done
  cells=()
  for exporter in 0 1 2; do
    cells+=("$(cut -d' ' -f1 "$work/$module.$exporter" | median) us, $(cut -d' ' -f2 "$work/$module.$exporter" | median)/s")
  done
  ratio=$(paste -d' ' "$work/$module.0" "$work/$module.2" | awk '{printf "%.2f\n", $3 / $1}' | median)
  echo "| $module | $(printf '%s | ' "${cells[@]}" "$ratio")"
done
