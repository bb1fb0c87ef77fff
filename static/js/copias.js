/* La página «Sin conexión» dice qué pantallas guardadas se pueden abrir. */
(async () => {
  const seccion = document.querySelector("[data-copias]");
  if (!seccion || !self.caches) return;
  for (const nombre of await caches.keys()) {
    const [, url] = nombre.match(/^copia:[^:]+:(.+)$/) || [];
    const guardada = url && (await (await caches.open(nombre)).match(url, { ignoreVary: true }));
    if (!guardada) continue;
    const leida = new DOMParser().parseFromString(await guardada.text(), "text/html");
    const enlace = document.createElement("a");
    enlace.href = url;
    enlace.textContent = leida.querySelector("h1")?.textContent.trim() || leida.title;
    seccion.querySelector("ul").appendChild(document.createElement("li")).append(enlace);
    seccion.hidden = false;
  }
})();
