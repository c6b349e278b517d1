# The service with OCR, as an unprivileged user; data in the volume /var/lib/congvan. How to run it: service/deploy/README.md.
#   docker build -t congvan .
# Debian's own Python, so that the parts that build and the parts that run are the same; the second stage has no pip and no compiler.
FROM debian:bookworm-slim AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3-venv
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY models models
COPY corpus corpus
COPY training training
COPY service service
RUN python3 -m venv /opt/congvan \
 && /opt/congvan/bin/pip install --no-cache-dir --no-compile ".[postgresql,mcp]" \
 && /opt/congvan/bin/pip uninstall -y pip setuptools \
 && find /opt/congvan -depth -type d \( -name __pycache__ -o -name tests \) -path "*/site-packages/*" -exec rm -rf {} +

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 tesseract-ocr tesseract-ocr-script-viet antiword postgresql-client \
 && rm -rf /var/lib/apt/lists/* /usr/share/doc/* /usr/share/man/* \
 && useradd --uid 10001 --create-home --home-dir /var/lib/congvan congvan
COPY --from=build /opt/congvan /opt/congvan
ENV PATH=/opt/congvan/bin:$PATH \
    CONGVAN_DATA=/var/lib/congvan \
    OMP_THREAD_LIMIT=1 \
    PYTHONDONTWRITEBYTECODE=1
USER congvan
WORKDIR /var/lib/congvan
VOLUME /var/lib/congvan
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=40s CMD ["python3", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["congvan", "serve", "--host", "0.0.0.0"]
