"""La ayuda memoria en DOCX, para quien tiene que editarla: el mismo contexto que el PDF.

Lo que escribió la gente entra siempre como texto: nada se lee como campo, fórmula ni marca. Los
títulos usan los estilos de título de Word, las tablas repiten su encabezado y cada foto lleva su
texto alternativo.
"""

from io import BytesIO

from django.utils.formats import date_format, time_format
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from territorios.models import NombreInstitucion
from territorios.texto import cuantos, sin_control

from .ayuda_memoria import contexto_de_ayuda_memoria

TIPO_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
IDIOMA = "es-EC"
ANCHO_DE_FOTO = Mm(120)
VACIO = "Todavía no se escribió."


def ayuda_memoria_en_docx(encuentro, usuario):
    """Bytes del DOCX con lo que `usuario` puede ver."""
    contexto = contexto_de_ayuda_memoria(encuentro, usuario)
    documento = _nuevo(contexto)
    for parte in (
        _cabecera,
        _conversado,
        _agenda,
        _aportes,
        _acuerdos,
        _pasos,
        _asistencia,
        _fotos,
    ):
        parte(documento, contexto)
    salida = BytesIO()
    documento.save(salida)
    return salida.getvalue()


# --- El documento -------------------------------------------------------------------------------


def _nuevo(contexto):
    documento = Document()
    pagina = documento.sections[0]
    pagina.page_width, pagina.page_height = Mm(210), Mm(297)
    pagina.left_margin = pagina.right_margin = pagina.top_margin = pagina.bottom_margin = Mm(22)
    _poner_idioma(documento)
    documento.styles["Normal"].font.size = Pt(10.5)
    propiedades = documento.core_properties
    propiedades.title = _llano(contexto["titulo"])[:255]
    propiedades.language, propiedades.comments = IDIOMA, ""
    institucion = NombreInstitucion.objects.en(contexto["fecha"])
    propiedades.author = _llano(institucion or "Plataforma de acompañamiento técnico")[:255]
    if institucion:
        pagina.header.paragraphs[0].text = _llano(institucion)
    return documento


def _poner_idioma(documento):
    """El de todo el texto, que es lo que leen el corrector y los lectores de pantalla."""
    rasgos = documento.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
    idioma = rasgos.find(qn("w:lang"))
    if idioma is None:
        idioma = OxmlElement("w:lang")
        rasgos.append(idioma)
    idioma.set(qn("w:val"), IDIOMA)
    idioma.set(qn("w:eastAsia"), IDIOMA)


def _llano(valor):
    return sin_control(str(valor)).replace("\r\n", "\n").replace("\r", "\n")


def _parrafo(documento, texto, estilo=None):
    return documento.add_paragraph(_llano(texto), style=estilo)


def _titulo(documento, texto, nivel=1):
    documento.add_heading(_llano(texto), level=nivel)


def _lista(documento, renglones):
    for renglon in renglones:
        _parrafo(documento, renglon, "List Bullet")


def _tabla(documento, encabezados, filas):
    """Una tabla con su primera fila marcada como encabezado, que se repite en cada hoja."""
    tabla = documento.add_table(rows=1, cols=len(encabezados), style="Table Grid")
    _llenar(tabla.rows[0], encabezados)
    marca = OxmlElement("w:tblHeader")
    marca.set(qn("w:val"), "true")
    tabla.rows[0]._tr.get_or_add_trPr().append(marca)
    for celda in tabla.rows[0].cells:
        for tramo in celda.paragraphs[0].runs:
            tramo.bold = True
    for fila in filas:
        _llenar(tabla.add_row(), fila)
    documento.add_paragraph()


def _llenar(fila, valores):
    for celda, valor in zip(fila.cells, valores, strict=True):
        celda.text = _llano(valor)


# --- Sus partes ---------------------------------------------------------------------------------


def _cabecera(documento, contexto):
    encuentro = contexto["encuentro"]
    _titulo(documento, "Ayuda memoria", 0)
    _parrafo(documento, encuentro.tema, "Subtitle")
    if encuentro.estado != encuentro.Estado.REALIZADO:
        _parrafo(documento, "Borrador: el encuentro todavía no se cierra.")
    _tabla(documento, ("Dato", "Detalle"), _datos(contexto))


def _datos(contexto):
    """Los pares de la cabecera que tienen algo que decir."""
    encuentro = contexto["encuentro"]
    clase = encuentro.get_clase_display() if encuentro.clase else encuentro.get_tipo_display()
    yield "Encuentro", f"{clase}. {encuentro.estrategia.nombre}"
    yield "Cuándo", _cuando(encuentro)
    yield "Dónde", _donde(encuentro)
    for grupo in contexto["grupos"]:
        yield f"Grupo circunvecino {grupo.numero}", grupo.nombre
    if contexto["grupos_ajenos"]:
        yield "Otros grupos", f"{contexto['grupos_ajenos']} fuera de su jurisdicción"
    if encuentro.gad:
        autoridad = encuentro.autoridad
        con = f": {autoridad.nombre}, {autoridad.cargo.lower()}" if autoridad else ""
        yield "Diálogo con", f"{encuentro.gad.nombre_oficial}{con}"
    for papel, nombres in contexto["papeles"]:
        if nombres:
            yield papel, "; ".join(nombres)
    yield "GAD convocados", contexto["frase_convocados"] or "Ninguno"


def _cuando(encuentro):
    fecha = date_format(encuentro.fecha, r"l j \d\e F \d\e Y").capitalize()
    if not encuentro.inicio:
        return fecha
    horas = f"a las {_hora(encuentro.inicio)}"
    if encuentro.fin:
        horas = f"de {_hora(encuentro.inicio)} a {_hora(encuentro.fin)}"
    return f"{fecha}, {horas}"


def _donde(encuentro):
    canton = encuentro.canton
    lugar = f" (cantón {canton.nombre})" if canton and canton.nombre != encuentro.lugar else ""
    return f"{encuentro.lugar}{lugar}. {encuentro.get_modalidad_display()}"


def _hora(hora):
    return time_format(hora, "H:i")


def _conversado(documento, contexto):
    _titulo(documento, "Lo conversado")
    for parrafo in (contexto["memoria"].conversado or VACIO).split("\n\n"):
        _parrafo(documento, parrafo)


def _agenda(documento, contexto):
    _titulo(documento, "Agenda realizada")
    puntos = contexto["puntos"]
    if puntos:
        filas = [
            (f"{_hora(punto.inicio)} – {_hora(punto.fin)}", punto.titulo, punto.responsables)
            for punto in puntos
        ]
        _tabla(documento, ("Hora", "Punto", "Responsables"), filas)
    else:
        _parrafo(documento, "El encuentro no tiene puntos de agenda.")
    if contexto["memoria"].cambios_agenda:
        _parrafo(documento, f"En qué cambió. {contexto['memoria'].cambios_agenda}")


def _aportes(documento, contexto):
    _titulo(documento, "Aportes")
    if not contexto["aportes"]:
        _parrafo(documento, "No se anotaron aportes.")
    for seccion in contexto["aportes"]:
        tema = f"{seccion.tema}. " if seccion.tema else ""
        _titulo(documento, f"{tema}{seccion.titulo}", 2)
        for cumulo, tarjetas in seccion.montones:
            if cumulo:
                _titulo(documento, cumulo.titulo, 3)
            _lista(documento, [_dicho(tarjeta) for tarjeta in tarjetas])


def _dicho(tarjeta):
    quien = tarjeta.gad.nombre_con_lugar if tarjeta.gad else tarjeta.de_mesa
    return f"{tarjeta.texto} — {quien}" if quien else tarjeta.texto


def _acuerdos(documento, contexto):
    _titulo(documento, "Acuerdos")
    if not contexto["acuerdos"]:
        _parrafo(documento, "No se anotaron acuerdos.")
        return
    encabezados = ("N.º", "Qué se acordó", "Responsable", "Con quién", "Para cuándo")
    _tabla(documento, encabezados, [_acuerdo(acuerdo) for acuerdo in contexto["acuerdos"]])


def _acuerdo(acuerdo):
    gad = acuerdo.responsable_gad
    responsable = gad.nombre_con_lugar if gad else acuerdo.responsable_entidad
    partes = ", ".join(parte.nombre_con_lugar for parte in acuerdo.partes.all())
    plazo = date_format(acuerdo.fecha_limite, "SHORT_DATE_FORMAT")
    return acuerdo.numero, acuerdo.texto, responsable, partes, plazo


def _pasos(documento, contexto):
    _titulo(documento, "Próximos pasos")
    pasos = contexto["memoria"].lista_de_pasos
    _lista(documento, pasos)
    if not pasos:
        _parrafo(documento, "Todavía no se escribieron.")


def _asistencia(documento, contexto):
    _titulo(documento, "Asistencia")
    asistencia = contexto["asistencia"]
    if asistencia:
        filas = [
            (uno.nombre, uno.mujeres, uno.hombres, uno.sin_dato, uno.total)
            for uno in (*asistencia.por_nivel, asistencia.suma)
        ]
        _tabla(documento, ("Nivel", "Mujeres", "Hombres", "Sin dato", "Total"), filas)
    else:
        _parrafo(documento, "No hay personas registradas.")
    if contexto["declarados"] is not None:
        cuantas = cuantos(contexto["declarados"], "persona", "personas")
        juntas = ", en las dos jornadas" if contexto["encuentro"].jornada_de_id else ""
        dicho = f"Total declarado por quien facilitó: {cuantas}{juntas}. No es una nómina."
        _parrafo(documento, dicho)
    if contexto["nomina"]:
        _titulo(documento, "Participantes", 2)
        filas = [(uno.nombre, uno.viene_de, uno.cargo) for uno in contexto["nomina"]]
        _tabla(documento, ("Nombre", "De dónde viene", "Cargo"), filas)


def _fotos(documento, contexto):
    if not contexto["fotos"]:
        return
    _titulo(documento, "Fotos")
    for foto in contexto["fotos"]:
        dibujo = documento.add_picture(BytesIO(foto.contenido), width=ANCHO_DE_FOTO)
        rasgos = dibujo._inline.docPr
        rasgos.set("descr", _llano(foto.leyenda))
        rasgos.set("title", "")
        _parrafo(documento, foto.leyenda, "Caption")
    if contexto["fotos_de_mas"]:
        _parrafo(documento, f"Y {contexto['fotos_de_mas']} más en la plataforma.")
