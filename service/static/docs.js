// The operations of the OpenAPI description as a table; no library, so that the page works without internet.
fetch("/openapi.json").then((answer) => answer.json()).then((api) => {
  const body = document.querySelector("#operations tbody");
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const row = body.insertRow();
      const call = document.createElement("code");
      call.textContent = `${method.toUpperCase()} ${path}`;
      row.insertCell().append(call);
      row.insertCell().textContent = operation.summary || "";
      row.insertCell().textContent = Object.entries(operation.responses).map(([code, r]) => `${code} ${r.description}`).join("; ");
    }
  }
});
