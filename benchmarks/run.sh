#!/usr/bin/env bash
# Builds and runs the benchmarks and prints a table. Usage: benchmarks/run.sh [GROUP]
# Groups: calls callbacks data owner threads idle contexts logging streams startup; all without one.
set -eu
cd "$(dirname "$0")/.."
mvn -q -B -pl benchmarks -am -DskipTests package
jar=$(ls benchmarks/target/pyboot-benchmarks-*.jar | grep -v original)
group=${1:-}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

# Median of five starts, each in a JVM of its own. $1: what is measured, the rest: arguments.
starts() {
    name=$1
    shift
    for _ in 1 2 3 4 5; do
        [ -z "${fresh_cache:-}" ] || rm -rf "$fresh_cache"
        "$java" -cp "$jar" -Dloader.main=io.pyboot.benchmarks.Startup \
            org.springframework.boot.loader.launch.PropertiesLauncher --spring.main.banner-mode=off "$@" |
            sed -n 's/^started in \([0-9]*\) ms$/\1/p'
    done | sort -n | sed -n 3p | while read -r median; do printf '%-58s %12s ms\n' "$name" "$median"; done
}

if [ -z "$group" ] || [ "$group" = startup ]; then
    starts "start without Python" --pyboot.enabled=false
    starts "start with two contexts, CPython unpacked" --pyboot.pool.size=2
    fresh_cache=$(mktemp -d)/cache
    starts "start with two contexts, CPython not unpacked" --pyboot.pool.size=2 --pyboot.cache-dir="$fresh_cache"
    rm -rf "$(dirname "$fresh_cache")"
fi
# A heap whose pages are there already: a first touch of a page costs as much as a call.
[ "$group" = startup ] || "$java" -Xms1g -Xmx1g -XX:+AlwaysPreTouch -jar "$jar" $group --spring.main.banner-mode=off --logging.level.root=warn
