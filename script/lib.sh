# shellcheck shell=sh
# What the scripts share.  Sourced, never run.

# The repository's top folder becomes the working folder.
cd "$(dirname "$0")/.." || exit 1

say() {
    printf '==> %s\n' "$*"
}

# fail WHAT WHAT-TO-DO
fail() {
    printf '==> failed: %s\n    %s\n' "$1" "$2" >&2
    exit 1
}

# Run a command as root: directly, or by sudo.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        fail "this step needs root: $*" "Run the script as root, or install sudo."
    fi
}

# Is the folder configured, and since the tools of the page came?
is_configured() {
    [ -f "$1/build.ninja" ] && [ -z "$(find web/node_modules/.stamp -newer "$1/build.ninja" 2>/dev/null)" ]
}
