#!/usr/bin/env bash
# Google's official clients, and then our own library, with no code and no option changed: a private mount and network namespace, a hosts file of its
# own, a local certificate authority and port 443. Nothing outside the namespace is touched. Needs root, or unprivileged
# user namespaces.
#
# usage: unchanged.sh SANDBOX PYTHON NODE EXAMPLE STATE
#        SANDBOX: the sandbox's program; EXAMPLE: the library's example `each_service`; STATE: a folder for certificates
set -euo pipefail
SANDBOX=$1 PYTHON=$2 NODE=$3 EXAMPLE=$4 STATE=$5
HERE=$(cd "$(dirname "$0")" && pwd)
HOSTS="accounts.google.com oauth2.googleapis.com openidconnect.googleapis.com www.googleapis.com calendar-json.googleapis.com
 people.googleapis.com gmail.googleapis.com meet.googleapis.com admin.googleapis.com drive.googleapis.com"
mkdir -p "$STATE"
(
  cd "$STATE"
  {
    printf '[req]\ndistinguished_name=dn\nprompt=no\n[dn]\nCN=Local sandbox\n'
    printf '[ca]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n'
    printf '[leaf]\nbasicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=serverAuth\n'
    printf 'subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\nsubjectAltName=%s\n' "$(printf 'DNS:%s,' $HOSTS | sed 's/,$//')"
  } > tls.cnf
  openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 30 -config tls.cnf -extensions ca -subj "/CN=Sandbox CA" 2>/dev/null
  openssl req -newkey rsa:2048 -nodes -keyout leaf.key -out leaf.csr -config tls.cnf -subj "/CN=googleapis.com" 2>/dev/null
  openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile tls.cnf -extensions leaf -out leaf.pem 2>/dev/null
)
cp /etc/hosts "$STATE/hosts"
for host in $HOSTS; do echo "127.0.0.1 $host" >> "$STATE/hosts"; done

export SANDBOX PYTHON NODE EXAMPLE STATE HERE
if [ "$(id -u)" = 0 ]; then FLAGS=-mn; else FLAGS=-rmn; fi
exec unshare $FLAGS bash -c '
  set -u
  ip link set lo up
  mount --bind "$STATE/hosts" /etc/hosts
  export REQUESTS_CA_BUNDLE="$STATE/ca.pem" HTTPLIB2_CA_CERTS="$STATE/ca.pem" SSL_CERT_FILE="$STATE/ca.pem" NODE_EXTRA_CA_CERTS="$STATE/ca.pem"
  unset HTTP_PROXY HTTPS_PROXY ALL_PROXY http_proxy https_proxy all_proxy
  "$SANDBOX" --port 443 --tls-cert "$STATE/leaf.pem" --tls-key "$STATE/leaf.key" & server=$!
  trap "kill $server 2>/dev/null" EXIT
  up() { (: < /dev/tcp/127.0.0.1/443) 2>/dev/null; }
  for _ in $(seq 150); do up && break; kill -0 $server 2>/dev/null || break; sleep 0.2; done
  up || { echo "nothing listens on 127.0.0.1:443" >&2; exit 1; }
  rc=0
  echo "--- python"; "$PYTHON" "$HERE/python/unchanged.py" "$STATE/key.json" || rc=1
  echo "--- node"; "$NODE" "$HERE/node/unchanged.mjs" || rc=1
  echo "--- our library"; "$EXAMPLE" "$STATE/key.json" ann@conformance.test | sed "s/^/PASS ours: /"; [ "${PIPESTATUS[0]}" = 0 ] || rc=1
  exit $rc'
