#!/bin/sh

# Copyright (C) ngx_news_module authors

# Serves these examples, or the directory given, at 127.0.0.1:${PORT:-8080}:
# installs what is missing, builds what has changed, and starts an nginx of
# its own in the foreground.  Ctrl-C stops it.

set -eu

examples=$(cd -- "$(dirname -- "$0")" && pwd -P)
tree=$(dirname -- "$examples")
port=${PORT:-8080}

if ! dir=$(cd -- "${1:-$examples}" && pwd -P); then
    echo "usage: [PORT=port] $0 [directory]" >&2
    exit 2
fi

case $port in

    '' | *[!0-9]*)
        echo "$0: PORT is a number" >&2
        exit 2
    ;;

esac

home=${HOME:-$(getent passwd "$(id -u)" | cut -d : -f 6)}
cache=${XDG_CACHE_HOME:-$home/.cache}/ngx_news_module

# users' paths leave it out
PATH=$PATH:/usr/sbin:/sbin

"$tree/ngx_news_module/auto/install-debian" build run

mkdir -p -- "$cache"

module=$("$tree/ngx_news_module/auto/build-debian" "$cache/build")


# a prefix of its own, with links to the module and to what is served

run=$(mktemp -d)
nginx=

stop() {
    trap '' INT TERM HUP EXIT

    if [ -n "$nginx" ]; then
        kill -TERM "$nginx" 2>/dev/null || :
        wait "$nginx" || :
    fi

    rm -rf -- "$run"
}

trap 'stop; exit 0' INT TERM HUP
trap stop EXIT

mkdir -- "$run/modules"
ln -s -- "$module" "$run/modules/"
ln -s -- "$dir" "$run/html"
ln -s -- "$examples/templates" "$run/templates"


# messages name files as they are called, unless nginx would read the name as
# something else

root=$dir

case $root in

    *[\"\$\\]*)
        root=html
    ;;

esac


# the configuration of the examples, with this port, and nothing outside of
# the prefix; another directory has another name, no magazine, and perhaps
# no home page

{
    sed -e "s/127\.0\.0\.1:8080/127.0.0.1:$port/" \
        -e '/^ *root /d' -e '/^http {/r /dev/stdin' \
        "$examples/nginx.conf"
} > "$run/nginx.conf" << END
    root                   "$root";
    access_log             off;
    client_body_temp_path  client_body;
    proxy_temp_path        proxy;
    fastcgi_temp_path      fastcgi;
    uwsgi_temp_path        uwsgi;
    scgi_temp_path         scgi;
END

if [ "$dir" != "$examples" ]; then
    sed -i -e '/# these articles/,/}/d' -e '/news_site_name/d' \
           -e 's/^\( *\)news_render .*/&\n\1autoindex on;/' "$run/nginx.conf"
fi

globals='daemon off; pid nginx.pid; error_log stderr warn;'

if [ "$(id -u)" = 0 ]; then

    # the workers' user has to reach the files

    user=www-data

    if ! runuser -u $user -- test -r "$dir/." -a -x "$dir/."; then
        user=$(stat -c %U -- "$dir")
    fi

    if ! id -- "$user" > /dev/null 2>&1; then
        user=root
    fi

    chown -- "$user" "$run"
    globals="user $user; $globals"
fi


nginx -p "$run/" -c "$run/nginx.conf" -e stderr -g "$globals" &
nginx=$!

while [ ! -s "$run/nginx.pid" ]; do
    kill -0 $nginx 2>/dev/null || exit 1
    sleep 0.1
done

echo "http://127.0.0.1:$port/"

wait $nginx
