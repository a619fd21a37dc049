#!/bin/sh
# Makes an authority and certificates for the brokers of compose.yml in a folder, unless they are there.
set -eu
folder="$1"
sitewide() {
  node "$(dirname "$0")/../bin/sitewide.js" "$@"
}

if [ ! -e "$folder/ca.crt" ]; then
  sitewide certs init-ca --dir "$folder" --name 'sitewide compose'
fi
for broker in a-1 a-2 b-1 b-2; do
  if [ ! -e "$folder/lyon-$broker.crt" ]; then
    sitewide certs issue --dir "$folder" --site lyon --installation "lyon-${broker%-*}" --broker "lyon-$broker" \
      --host "broker-$broker" --host localhost --host 127.0.0.1
  fi
done
