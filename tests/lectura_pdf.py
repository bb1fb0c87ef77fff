"""Leer un PDF hecho por la plataforma como lo leería una persona: su texto, su índice, su letra."""

from io import BytesIO

from pypdf import PdfReader

from territorios import documentos


def impreso(pliego):
    """Los bytes de un Pliego sin emitirlo: lo que dice, sin número ni sello."""
    html = documentos.a_html(pliego.plantilla, pliego.contexto, titulo=pliego.titulo)
    return documentos.html_a_pdf(documentos.sin_sello(html))


def abrir(contenido):
    """`contenido`: los bytes de un PDF o el Pliego que lo hace."""
    return PdfReader(BytesIO(contenido if isinstance(contenido, bytes) else impreso(contenido)))


def texto_por_pagina(contenido):
    """El texto de cada página en una línea, con los espacios ya emparejados."""
    return [" ".join(pagina.extract_text().split()) for pagina in abrir(contenido).pages]


def texto_de(contenido):
    return " ".join(texto_por_pagina(contenido))


def capitulos(contenido):
    """[(título, página)] del segundo nivel de los marcadores."""
    lector = abrir(contenido)
    segundo_nivel = next(parte for parte in lector.outline if isinstance(parte, list))
    sueltos = [marca for marca in segundo_nivel if not isinstance(marca, list)]
    return [(m.title, lector.get_destination_page_number(m) + 1) for m in sueltos]


def letras(contenido):
    """Nombres de las letras usadas, sin el prefijo del recorte."""
    return {
        fuente.get_object()["/BaseFont"].partition("+")[2]
        for pagina in abrir(contenido).pages
        for fuente in pagina["/Resources"]["/Font"].values()
    }


def textos_alternativos(contenido):
    """El texto alternativo de cada figura, en orden de lectura."""
    hallados = []

    def recorrer(nodo):
        nodo = nodo.get_object() if hasattr(nodo, "get_object") else nodo
        if isinstance(nodo, list):
            for hijo in nodo:
                recorrer(hijo)
        elif isinstance(nodo, dict):
            if nodo.get("/S") == "/Figure":
                hallados.append(nodo.get("/Alt"))
            recorrer(nodo.get("/K"))

    recorrer(abrir(contenido).trailer["/Root"]["/StructTreeRoot"])
    return hallados
