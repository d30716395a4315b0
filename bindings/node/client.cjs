// Requests to the server, and what it answers.
"use strict";

const http = require("node:http");

function send(method, url, body) {
  const headers = body === undefined ? {} : { "Content-Type": "application/json" };
  return new Promise((resolve, reject) => {
    // A connection of its own: none is left when the server stops.
    const asked = http.request(url, { method, headers, agent: false });
    asked.once("error", reject);
    asked.once("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part) => (text += part));
      response.once("error", reject).once("end", () => resolve({ status: response.statusCode, body: text }));
    });
    asked.end(body);
  });
}

function query(parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}

function parse(status, body) {
  if (status < 300) return body ? JSON.parse(body) : {};
  let reason = body;
  try {
    const [first] = JSON.parse(body).errors;
    reason = typeof first.detail === "string" ? `${first.message}: ${first.detail}` : first.message;
  } catch {
    // Not one of the server's own errors: the text as it is.
  }
  throw Object.assign(new Error(`${status}: ${reason}`), { status });
}

module.exports = { parse, query, send };
