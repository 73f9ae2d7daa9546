/** As much of a browser's XMLHttpRequest as the SDK uses for files; Node has none, and the package that stands in for it knows no forms. */
export class XMLHttpRequest {
  #headers = new Headers();
  #answered = new Headers();
  readyState = 0;
  status = 0;
  statusText = "";
  responseText = "";

  open(method, url) {
    Object.assign(this, { method, url });
  }

  setRequestHeader(name, value) {
    this.#headers.set(name, value);
  }

  getResponseHeader(name) {
    return this.#answered.get(name);
  }

  getAllResponseHeaders() {
    return [...this.#answered].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  }

  async send(body) {
    const answer = await fetch(this.url, { method: this.method, headers: this.#headers, body }).catch(() => null);
    if (answer) {
      this.#answered = answer.headers;
      this.responseText = await answer.text();
      this.status = answer.status;
    }
    this.readyState = 4;
    this.onreadystatechange?.();
  }
}
