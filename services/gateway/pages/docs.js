// Shows /openapi.json: every operation with its parameters, body and answer. Text is set as text, never as markup.
const METHODS = ["get", "post", "put", "patch", "delete"];
const DEPTH = 4;

const node = (tag, text, className) => {
  const made = document.createElement(tag);
  if (text) made.textContent = text;
  if (className) made.className = className;
  return made;
};

const nameOf = (ref) => ref.slice(ref.lastIndexOf("/") + 1);

function typeOf(schema) {
  if (!schema) return "";
  if (schema.allOf) return typeOf(schema.allOf[0]);
  if (schema.$ref) return nameOf(schema.$ref);
  if (schema.type === "array") return `${typeOf(schema.items)}[]`;
  if (schema.additionalProperties) return `map of ${typeOf(schema.additionalProperties)}`;
  return schema.format ? `${schema.type} (${schema.format})` : (schema.type ?? "");
}

const refOf = (schema) => schema?.$ref ?? schema?.allOf?.[0]?.$ref ?? schema?.items?.$ref;

function fields(api, schema, depth) {
  const resolved = schema?.$ref ? api.components.schemas[nameOf(schema.$ref)] : schema;
  const table = node("table");
  for (const [name, property] of Object.entries(resolved?.properties ?? {})) {
    const row = table.insertRow();
    row.insertCell().append(node("code", name));
    row.insertCell().append(node("span", typeOf(property), "quiet"));
    const about = row.insertCell();
    about.append(node("span", property.description ?? ""));
    const ref = refOf(property);
    const inner = ref && api.components.schemas[nameOf(ref)];
    if (!inner) continue;
    if (inner.enum) about.append(node("div", inner.enum.join(", "), "quiet"));
    if (!inner.properties || depth >= DEPTH) continue;
    const more = node("details");
    more.append(node("summary", nameOf(ref)));
    more.addEventListener("toggle", () => { if (more.childElementCount === 1) more.append(fields(api, { $ref: ref }, depth + 1)); });
    about.append(more);
  }
  return table;
}

function operation(api, method, path, op) {
  const box = node("details");
  const summary = node("summary");
  summary.append(node("span", method.toUpperCase(), "method"), node("code", path), node("span", ` ${op.summary ?? ""}`, "quiet"));
  box.append(summary);
  box.addEventListener("toggle", () => {
    if (box.childElementCount > 1) return;
    box.append(node("p", op.description ?? ""));
    const access = op["x-hotline-access"];
    if (access) box.append(node("p", `Who may: ${access.anyone ? "anyone" : access.authenticated ? "anyone signed in" : (access.roles ?? []).join(", ")}`, "quiet"));
    if (op.parameters?.length) {
      const properties = Object.fromEntries(op.parameters.map((p) => [p.name, { ...p.schema, description: `${p.in}${p.required ? ", required" : ""}. ${p.description ?? ""}` }]));
      box.append(node("h4", "Parameters"), fields(api, { properties }, 0));
    }
    const body = op.requestBody?.content?.["application/json"]?.schema;
    if (body) box.append(node("h4", `Body: ${typeOf(body)}`), fields(api, body, 0));
    const good = op.responses?.["200"] ?? op.responses?.["206"];
    const answer = good?.content?.["application/json"]?.schema;
    if (answer) box.append(node("h4", `Answer: ${typeOf(answer)}`), fields(api, answer, 0));
  });
  box.dataset.words = `${method} ${path} ${op.operationId ?? ""} ${op.description ?? ""}`.toLowerCase();
  return box;
}

function show(api) {
  document.getElementById("about").textContent = `${api.info.description ?? ""} Version ${api.info.version}.`;
  const groups = new Map();
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const method of METHODS.filter((m) => methods[m])) {
      const tag = methods[method].tags?.[0] ?? "";
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(operation(api, method, path, methods[method]));
    }
  }
  const main = document.getElementById("operations");
  main.replaceChildren();
  for (const [tag, boxes] of groups) {
    const section = node("section");
    section.append(node("h2", tag), node("p", api.tags?.find((t) => t.name === tag)?.description ?? "", "quiet"), ...boxes);
    main.append(section);
  }
  document.getElementById("filter").addEventListener("input", (event) => {
    const wanted = event.target.value.toLowerCase();
    for (const section of main.children) {
      let any = false;
      for (const box of section.querySelectorAll(":scope > details")) {
        box.hidden = !box.dataset.words.includes(wanted);
        any = any || !box.hidden;
      }
      section.hidden = !any;
    }
  });
}

fetch("/openapi.json").then((answer) => answer.json()).then(show).catch(() => {
  document.getElementById("operations").textContent = "The description of the API could not be loaded.";
});
