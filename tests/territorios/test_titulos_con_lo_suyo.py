"""En todo documento, un título no se queda al pie de una página sin lo que presenta."""

import pytest

from territorios import documentos
from tests.lectura_pdf import texto_por_pagina

HOJA = '<html lang="es"><head><link rel="stylesheet" href="estatico:css/documento.css"></head>'
# El título cae cada vez un poco más abajo, hasta que ya no cabe.
ALTURAS = range(205, 246, 3)


def _caso(etiqueta, alto):
    return (
        f'<section style="break-before: page"><div style="height: {alto}mm"></div>'
        f"<{etiqueta}>Título{alto}</{etiqueta}><p>Entrada{alto}</p>"
        f'<table class="cuadro"><caption>Tabla{alto}</caption>'
        f"<thead><tr><th>Columna</th></tr></thead>"
        f"<tbody><tr><td>Fila{alto}</td></tr><tr><td>Otra</td></tr></tbody></table></section>"
    )


@pytest.mark.parametrize("etiqueta", ["h2", "h3", "h4"])
def test_un_titulo_y_su_linea_van_con_su_tabla(etiqueta):
    casos = "".join(_caso(etiqueta, alto) for alto in ALTURAS)
    paginas = texto_por_pagina(documentos.html_a_pdf(f"{HOJA}<body>{casos}</body></html>"))
    for alto in ALTURAS:
        piezas = [f"{pieza}{alto}" for pieza in ("Título", "Entrada", "Tabla", "Fila")]
        con_algo = [[una in texto for una in piezas] for texto in paginas]
        assert [todas for todas in con_algo if any(todas)] == [[True] * 4], alto
    # Alguno tuvo que bajar entero: su página de antes quedó en blanco.
    assert len(paginas) > len(ALTURAS)


@pytest.mark.parametrize(
    "sigue", ["<ul><li>Fila{}</li></ul>", "<ol><li>Fila{}</li></ol>", "<h4>Fila{}</h4>"]
)
def test_un_titulo_y_su_linea_van_con_su_lista_o_sus_apartados(sigue):
    casos = "".join(
        f'<section style="break-before: page"><div style="height: {alto}mm"></div>'
        f"<h3>Título{alto}</h3><p>Entrada{alto}</p>{sigue.format(alto)}<p>Y más.</p></section>"
        for alto in ALTURAS
    )
    paginas = texto_por_pagina(documentos.html_a_pdf(f"{HOJA}<body>{casos}</body></html>"))
    for alto in ALTURAS:
        piezas = [f"{pieza}{alto}" for pieza in ("Título", "Entrada", "Fila")]
        assert [texto for texto in paginas if all(una in texto for una in piezas)], alto


def test_los_titulos_seguidos_no_bajan_juntos():
    """Si cada párrafo se pegara al título que sigue, la página quedaría a medio llenar."""
    seguidos = "".join(f"<h3>Grupo{n}</h3><p>{'Palabra ' * 60}</p>" for n in range(6))
    html = f'{HOJA}<body><div style="height: 150mm"></div>{seguidos}</body></html>'
    primera, segunda = texto_por_pagina(documentos.html_a_pdf(html))
    assert "Grupo1" in primera and "Grupo5" in segunda
