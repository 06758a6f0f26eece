# Two images from one file: `backend` (the Hono handlers, one bundle) and `nginx` (the configuration,
# the shell and its assets).

# What is in package-lock.json; made again only when that changes. Nothing of it is shipped, and
# nothing needs the packages' own install scripts.
FROM node:24-slim AS packages
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

FROM packages AS bundle
COPY tsconfig.json ./
COPY handlers handlers
RUN npm run --silent build

# The shell and its assets, with their hashes in the addresses.
FROM packages AS assets
COPY nginx/stamp.mjs ./
COPY public public
RUN node stamp.mjs public stamped

FROM node:24-slim AS backend
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 PUBLIC_DIR=/app/public SQL_DIR=/app/sql
WORKDIR /app
COPY nginx/healthy.sh /usr/local/bin/healthy
COPY sql sql
# Refused forms are answered by whole pages, which the backend puts together itself.
COPY --from=assets /build/stamped/public/index.html public/index.html
COPY --from=bundle /build/dist/node.mjs /build/dist/node.mjs.map ./
# Previews are made by a process of their own, with a library that cannot be bundled.
COPY handlers/media/worker.mjs ./
COPY --from=packages /build/node_modules/sharp node_modules/sharp
COPY --from=packages /build/node_modules/@img node_modules/@img
COPY --from=packages /build/node_modules/detect-libc node_modules/detect-libc
COPY --from=packages /build/node_modules/semver node_modules/semver
USER node
EXPOSE 3000
HEALTHCHECK --interval=1s --timeout=30s --retries=30 CMD ["healthy", "3000", "/healthz"]
# A message that goes to thousands makes thousands of things that live for some milliseconds: with
# room for them, far fewer are carried over into the old. Default: 16 MiB.
CMD ["node", "--enable-source-maps", "--max-semi-space-size=32", "node.mjs"]

FROM nginx:1.30 AS nginx
ENV BACKEND=backend:3000 \
    LOG_FORMAT=text \
    WAITS_PER_ADDRESS=1000 \
    REQUESTS_PER_SECOND=200 \
    REQUEST_BURST=1000 \
    UNLIMITED_ADDRESSES= \
    TRUSTED_PROXIES= \
    LOGIN_HEADER= \
    LOGIN_PROXIES= \
    NGINX_ENVSUBST_OUTPUT_DIR=/tmp/nginx \
    NGINX_ENVSUBST_FILTER="^(BACKEND|LOG_FORMAT|WAITS_PER_ADDRESS|REQUESTS_PER_SECOND|REQUEST_BURST)$" \
    NGINX_ENTRYPOINT_QUIET_LOGS=1
COPY nginx/healthy.sh /usr/local/bin/healthy
COPY nginx/16-natter.sh /docker-entrypoint.d/
COPY nginx/nginx.conf nginx/server.conf /etc/nginx/
COPY nginx/snippets /etc/nginx/snippets
COPY nginx/templates /etc/nginx/templates
COPY --from=assets /build/stamped /usr/share/natter
USER 101:101
EXPOSE 8080
HEALTHCHECK --interval=1s --timeout=30s --retries=30 CMD ["healthy", "8080", "/shell.html"]
