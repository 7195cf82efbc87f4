# One image for both commands: `coordinator` and `client`. The first stage builds, the second holds what runs.
FROM node:20-slim AS build
WORKDIR /app
COPY . .
# No install script is needed: onnxruntime's CPU library is inside its package, and tfjs-node is optional.
RUN npm ci --ignore-scripts && npx tsc -b packages/cli simulations
# Of what is optional only libSQL's binary is kept: stores in a database and SQLite files need it.
RUN mv node_modules/@libsql /libsql \
 && npm ci --omit=dev --omit=optional --ignore-scripts \
 && mv /libsql node_modules/@libsql \
 && find packages simulations -name '*.test.*' -path '*/dist/*' -delete

FROM node:20-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/packages packages
COPY --from=build /app/simulations simulations
COPY --from=build /app/test test
# The only place that is written to; a volume mounted here takes over its owner.
RUN mkdir /state && chown node:node /state
VOLUME /state
USER node
EXPOSE 7700
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + (process.env.STARLING_PORT ?? 7700) + '/healthz').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "packages/cli/bin/starling.js"]
CMD ["--help"]
