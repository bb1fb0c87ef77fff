/* Al salir: si en este equipo queda algo suyo sin enviar lo dice, y las pantallas guardadas se
   borran. Sin este guion se sale igual. */
(() => {
  const quien = document.body.dataset.quien;

  // Sin crear nada: si la base no existe, no hay pendientes.
  function cuantos() {
    return new Promise((decir) => {
      const pedido = indexedDB.open("sin-enviar");
      pedido.onupgradeneeded = () => pedido.transaction.abort();
      pedido.onerror = () => decir(0);
      pedido.onsuccess = () => {
        const base = pedido.result;
        const todas = base.transaction("envios").objectStore("envios").getAll();
        todas.onerror = () => decir(0);
        todas.onsuccess = () => {
          base.close();
          decir(todas.result.filter((una) => una.quien === quien && !una.enviada).length);
        };
      };
    });
  }

  async function olvidarPantallas() {
    if (!self.caches) return;
    const nombres = (await caches.keys()).filter((uno) => uno.startsWith("copia:"));
    await Promise.all(nombres.map((uno) => caches.delete(uno)));
  }

  // De lo que se escribió y ya se envió tampoco queda nada.
  function olvidarLoEnviado() {
    return new Promise((listo) => {
      const pedido = indexedDB.open("sin-enviar");
      pedido.onupgradeneeded = () => pedido.transaction.abort();
      pedido.onerror = listo;
      pedido.onsuccess = () => {
        const paso = pedido.result.transaction("envios", "readwrite");
        paso.oncomplete = paso.onabort = () => { pedido.result.close(); listo(); };
        const recorre = paso.objectStore("envios").openCursor();
        recorre.onsuccess = () => {
          if (!recorre.result) return;
          if (recorre.result.value.enviada) recorre.result.delete();
          recorre.result.continue();
        };
      };
    });
  }

  function advertir(form, n) {
    const aviso = document.createElement("p");
    aviso.className = "aviso atencion";
    aviso.setAttribute("role", "alert");
    aviso.textContent = n === 1
      ? "Queda 1 envío suyo en este equipo. Si sale, se conserva aquí hasta que usted vuelva a ingresar."
      : `Quedan ${n} envíos suyos en este equipo. Si sale, se conservan aquí hasta que usted vuelva a ingresar.`;
    form.prepend(aviso);
    form.querySelector("button").textContent = "Salir de todos modos";
  }

  for (const form of document.querySelectorAll("form[data-salida]")) {
    let listo = false;
    form.addEventListener("submit", async (evento) => {
      if (listo) return;
      evento.preventDefault();
      const n = self.indexedDB ? await cuantos().catch(() => 0) : 0;
      if (n && !form.querySelector("[role=alert]")) return advertir(form, n);
      await olvidarPantallas().catch(() => null);
      if (self.indexedDB) await olvidarLoEnviado().catch(() => null);
      listo = true;
      form.requestSubmit();
    });
  }
})();
