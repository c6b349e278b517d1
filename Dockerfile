# Reads letters over HTTP on port 8000 as an unprivileged user. No API keys yet: publish the port on a loopback address only.
#   docker build -t congvan .
#   docker run --rm -p 127.0.0.1:8000:8000 congvan
FROM python:3.11-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends tesseract-ocr tesseract-ocr-script-viet antiword \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --create-home congvan
WORKDIR /opt/congvan
COPY pyproject.toml README.md LICENSE ./
COPY models models
COPY corpus corpus
COPY training training
COPY service service
RUN pip install --no-cache-dir -e .
USER congvan
ENV OMP_THREAD_LIMIT=1
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["congvan", "serve", "--host", "0.0.0.0"]
