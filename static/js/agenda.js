/* La agenda de un encuentro: se arrastra o se mueve con los botones, y las horas se rehacen al
   momento. Sin este guion, los mismos botones los atiende el servidor. */
(() => {
  const form = document.querySelector("[data-agenda]");
  const lista = form?.querySelector("#puntos");
  if (!form || lista?.tagName !== "OL") return;
  const { inicio, fin, frases } = JSON.parse(document.getElementById("fijadas").textContent);
  const dicho = form.querySelector("[data-dicho]");
  const puntos = () => [...lista.querySelectorAll("[data-punto]")];
  const campo = (punto, nombre) => punto.querySelector(`[name$="-${nombre}"]`);

  function minutos(hora) {
    const [horas, resto] = (hora || "").split(":").map(Number);
    return Number.isFinite(resto) ? horas * 60 + resto : null;
  }

  function reloj(total) {
    return [Math.floor(total / 60), total % 60].map((n) => String(n).padStart(2, "0")).join(":");
  }

  function avisos(tramo, primero) {
    const halladas = [];
    const decir = (que, n, hora) =>
      halladas.push(frases[que].replace("{n}", n).replace("{hora}", reloj(hora || 0)));
    const [abre, cierra] = [minutos(inicio), minutos(fin)];
    if (tramo.hueco > 0) decir("hueco", tramo.hueco);
    if (tramo.hueco < 0) decir("solape", -tramo.hueco);
    if (primero && abre !== null && tramo.inicio !== abre) {
      decir(tramo.inicio < abre ? "antes" : "despues", Math.abs(tramo.inicio - abre), abre);
    }
    if (cierra !== null && tramo.fin > cierra) decir("fin", tramo.fin - cierra, cierra);
    return halladas.join(" ");
  }

  function recalcular() {
    let sigue = minutos(form.elements.desde.value);
    puntos().forEach((punto, n, todos) => {
      campo(punto, "orden").value = n + 1;
      const [subir, bajar] = punto.querySelectorAll("[data-mover]");
      subir.disabled = n === 0;
      bajar.disabled = n === todos.length - 1;
      subir.setAttribute("aria-label", `Subir el punto ${n + 1}`);
      bajar.setAttribute("aria-label", `Bajar el punto ${n + 1}`);
      bajar.nextElementSibling.setAttribute("aria-label", `Quitar el punto ${n + 1}`);
      if (sigue === null) return;
      const fijada = minutos(campo(punto, "fijada").value);
      const empieza = fijada ?? sigue;
      const termina = empieza + Math.max(Number.parseInt(campo(punto, "minutos").value, 10) || 0, 0);
      const tramo = { inicio: empieza, fin: termina, hueco: n ? empieza - sigue : 0 };
      punto.querySelector("[data-cuando]").textContent = `${reloj(empieza)} – ${reloj(termina)}`;
      const advertencia = punto.querySelector("[data-advertencia]");
      advertencia.textContent = avisos(tramo, n === 0);
      advertencia.hidden = !advertencia.textContent;
      sigue = n ? Math.max(sigue, termina) : termina;
    });
  }

  function poner(punto, lugar) {
    const otros = puntos().filter((uno) => uno !== punto);
    lista.insertBefore(punto, otros[lugar] ?? null);
    recalcular();
    dicho.textContent = `«${campo(punto, "titulo").value}» es ahora el punto ${lugar + 1}.`;
  }

  form.addEventListener("click", (evento) => {
    const boton = evento.target.closest("[data-mover]");
    if (!boton) return;
    evento.preventDefault();
    const punto = boton.closest("[data-punto]");
    poner(punto, puntos().indexOf(punto) + Number(boton.dataset.mover));
    const [subir, bajar] = punto.querySelectorAll("[data-mover]");
    (boton.disabled ? (boton === subir ? bajar : subir) : boton).focus();
  });

  form.addEventListener("change", (evento) => {
    const punto = evento.target.closest("[data-punto]");
    if (punto && evento.target === campo(punto, "orden")) {
      const pedido = Number.parseInt(evento.target.value, 10) || 1;
      poner(punto, Math.min(Math.max(pedido, 1), puntos().length) - 1);
    } else {
      recalcular();
    }
  });

  let enMano = null;
  lista.addEventListener("pointerdown", (evento) => {
    const manija = evento.target.closest("[data-manija]");
    if (manija) manija.closest("[data-punto]").draggable = true;
  });
  lista.addEventListener("dragstart", (evento) => {
    enMano = evento.target.closest("[data-punto]");
    evento.dataTransfer.effectAllowed = "move";
    enMano.classList.add("en-mano");
  });
  lista.addEventListener("dragover", (evento) => {
    const sobre = evento.target.closest("[data-punto]");
    if (!enMano) return;
    evento.preventDefault();
    if (!sobre || sobre === enMano) return;
    const caja = sobre.getBoundingClientRect();
    const despues = evento.clientY > caja.top + caja.height / 2;
    lista.insertBefore(enMano, despues ? sobre.nextSibling : sobre);
  });
  lista.addEventListener("drop", (evento) => evento.preventDefault());
  lista.addEventListener("dragend", () => {
    if (!enMano) return;
    enMano.classList.remove("en-mano");
    enMano.draggable = false;
    poner(enMano, puntos().indexOf(enMano));
    enMano = null;
  });
  form.classList.add("con-guion");
})();
