#!/bin/sh
# usage: bench/http.sh [BOATHOUSE]
#
# A small GET of ours beside nginx's "return", each on one event thread, asked by one wrk thread over
# 64 kept-alive connections.  The two take turns, five rounds of four seconds, and the median of each
# counts.  Says both rates; its figures (see figures.py) are their ratio, and the server's memory when it had
# nothing to do.
set -eu
boathouse=$(realpath "${1:-build/boathouse}")
for tool in wrk nginx; do
    command -v $tool >/dev/null || { echo "bench/http.sh: $tool is missing; apt-get install $tool" >&2; exit 2; }
done
folder=$(mktemp -d)
ours=
nginx=
stop() {
    for pid in $ours $nginx; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 1' INT TERM
cd "$folder"
mkdir lake logs

mkfifo ready
"$boathouse" serve --lake lake --listen 127.0.0.1:0 --server-threads 1 --log-level warn --ready-fd 3 3>ready &
ours=$!
read -r address <ready
sleep 1
idle_kb=$(awk '/VmRSS/ { print $2 }' "/proc/$ours/status")
body=$(curl -s "http://$address/healthz")

# Below the ports that the system gives out by itself, which our own server has.
port=$((20000 + $$ % 10000))
cat >nginx.conf <<EOF
worker_processes 1;
daemon off;
pid nginx.pid;
error_log logs/error.log;
events { worker_connections 256; }
http {
    access_log off;
    keepalive_requests 100000000;
    client_body_temp_path tmp1; proxy_temp_path tmp2; fastcgi_temp_path tmp3; uwsgi_temp_path tmp4; scgi_temp_path tmp5;
    server { listen 127.0.0.1:$port; location / { default_type application/json; return 200 '$body'; } }
}
EOF
nginx -p "$folder" -c nginx.conf 2>logs/start.log &
nginx=$!
curl -s --retry 20 --retry-connrefused --retry-delay 1 -o /dev/null "http://127.0.0.1:$port/healthz"

rate() {
    wrk -t1 -c64 -d4s "http://$1/healthz" | awk '/Requests\/sec/ { print $2 } /Non-2xx|Socket errors/ { bad = 1 } END { exit bad }'
}
rounds=0
while [ "$rounds" -lt 5 ]; do
    rate "$address" >>ours
    rate "127.0.0.1:$port" >>nginx
    rounds=$((rounds + 1))
done
median() { sort -n "$1" | sed -n 3p; }
awk -v a="$(median ours)" -v b="$(median nginx)" -v kb="$idle_kb" 'BEGIN {
    printf "    boathouse %.0f req/s, nginx return %.0f req/s\n", a, b >"/dev/stderr"
    printf "small GET, one thread / nginx return\t%.2f\tx\t>=\t0.6\n", a / b
    printf "idle memory\t%.1f\tMB\t<=\t12\n", kb / 1024
}'
