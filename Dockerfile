# One image for every role: docker run IMAGE api | relay | janitor | payment | shipping | migrate | order …
# Settings come from the environment. Runs as nobody special, writes nothing, needs no shell.

ARG BUILD_IMAGE=node:22-bookworm-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs22-debian12:nonroot

FROM ${BUILD_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json LICENSE ./
COPY tools tools
COPY deploy/image deploy/image
COPY src src
COPY simulator simulator
RUN node tools/image.mjs /app

FROM ${RUNTIME_IMAGE}
LABEL org.opencontainers.image.title="orderly"
LABEL org.opencontainers.image.description="An order service with a transactional outbox: API, relay, janitor, payment, shipping and the order command"
LABEL org.opencontainers.image.licenses="MIT"
COPY --from=build /app /app
WORKDIR /app
ENV NODE_ENV=production
ENV HTTP_HOST=0.0.0.0
ENV HTTP_PORT=8080
ENV RELAY_HTTP_PORT=8081
ENV JANITOR_HTTP_PORT=8082
ENV CONSUMER_HTTP_PORT=8083
EXPOSE 8080 8081 8082 8083
USER 65532:65532
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["/nodejs/bin/node", "/app/healthy.mjs"]
ENTRYPOINT ["/nodejs/bin/node", "/app/start.mjs"]
CMD ["api"]
