#!/bin/sh
# Generates the TypeScript of proto/ into packages/protocol/src/gen. Everything it runs is in node_modules.
set -eu
cd "$(dirname "$0")/.."
rm -rf packages/protocol/src/gen
# Else buf keeps a cache in the user's HOME.
export BUF_CACHE_DIR="$PWD/node_modules/.cache/buf"
PATH="$PWD/node_modules/.bin:$PATH" node_modules/.bin/buf generate proto
