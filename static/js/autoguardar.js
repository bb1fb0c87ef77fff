/* Trae lo que guarda el borrador solo, con red o sin ella, cuando la página ya se lee: en una red
   lenta no la demora. Lo que se teclee antes no se pierde. Sin guiones, se guarda con el botón. */
(() => {
  const pie = document.querySelector("form[data-autoguardar] [data-borrador]");
  for (const guion of pie?.dataset.guiones.split(" ") || []) {
    document.head.append(Object.assign(document.createElement("script"), { src: guion, async: false }));
  }
})();
