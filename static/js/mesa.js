/* La mesa de un grupo: el mapa y la lista marcan lo mismo, y lo que resulta se pide al servidor
   después de cada cambio. Sin este guion, el botón «Ver qué resulta» hace lo mismo. */
(() => {
  const form = document.querySelector("[data-mesa]");
  if (!form) return;
  const elegido = form.querySelector("[data-elegido]");
  const franja = form.querySelector("[data-franja]");
  const casillas = new Map(
    [...form.querySelectorAll('input[name="cantones"]')].map((uno) => [uno.value, uno]),
  );
  const celdas = [...form.querySelectorAll('.mapa a[href^="#c-"]')]
    .map((celda) => [celda, casillas.get(celda.getAttribute("href").slice(3))])
    .filter(([, casilla]) => casilla);
  let espera = null;
  let pedido = null;

  function pintar() {
    for (const [celda, casilla] of celdas) {
      celda.classList.toggle("elegido", casilla.checked);
      celda.setAttribute("aria-checked", casilla.checked);
    }
  }

  function alternar(casilla) {
    casilla.checked = !casilla.checked;
    casilla.dispatchEvent(new Event("change", { bubbles: true }));
  }

  async function revisar() {
    pedido?.abort();
    pedido = new AbortController();
    elegido.setAttribute("aria-busy", "true");
    const datos = new FormData(form);
    datos.set("accion", "revisar");
    try {
      const respuesta = await fetch(form.action || location.href, {
        method: "POST", body: datos, headers: { "X-Fragmento": "1" }, signal: pedido.signal,
      });
      if ([401, 403].includes(respuesta.status) || respuesta.redirected) throw new Error("sesion");
      if (!respuesta.ok) throw new Error(respuesta.status);
      poner(await respuesta.text());
    } catch (falla) {
      if (falla.name === "AbortError") return;
      const aviso = elegido.querySelector("[data-veredicto]");
      aviso.className = "aviso error";
      delete aviso.dataset.resumen;
      aviso.textContent = falla.message === "sesion"
        ? "Su sesión terminó: ingrese otra vez en otra pestaña y vuelva a marcar un cantón. Lo tecleado sigue aquí."
        : "No se pudo comprobar lo elegido. Revise la conexión y pulse «Ver qué resulta».";
    }
    elegido.setAttribute("aria-busy", "false");
    const veredicto = elegido.querySelector("[data-veredicto]");
    franja.textContent = veredicto.dataset.resumen ?? "No se pudo comprobar lo elegido";
  }

  function poner(html) {
    // Lo que se tecleó mientras llegaba la respuesta vale más que lo que ella trae.
    const tecleado = [...elegido.querySelectorAll("textarea, input[type=text], select")]
      .map((campo) => [campo.name, campo.value]);
    const enfocado = elegido.contains(document.activeElement) ? document.activeElement.id : "";
    const abiertos = new Set(
      [...elegido.querySelectorAll("details[open] > input")].map((uno) => uno.value),
    );
    elegido.innerHTML = html;
    for (const uno of elegido.querySelectorAll("details > input")) {
      if (abiertos.has(uno.value)) uno.parentElement.open = true;
    }
    for (const [nombre, valor] of tecleado) {
      const campo = elegido.querySelector(`[name="${nombre}"]`);
      if (campo) campo.value = valor;
      if (campo?.selectedIndex === -1) campo.selectedIndex = 0;
    }
    if (enfocado) document.getElementById(enfocado)?.focus();
  }

  form.addEventListener("change", (evento) => {
    if (!["cantones", "marcados"].includes(evento.target.name)) return;
    pintar();
    clearTimeout(espera);
    espera = setTimeout(revisar, 250);
  });

  for (const [celda, casilla] of celdas) {
    celda.setAttribute("role", "checkbox");
    celda.addEventListener("click", (evento) => { evento.preventDefault(); alternar(casilla); });
    celda.addEventListener("keydown", (evento) => {
      if (evento.key !== " ") return;
      evento.preventDefault();
      alternar(casilla);
    });
  }
  pintar();
})();
