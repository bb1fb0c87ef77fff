"""Los oficios de convocatoria en PDF: uno, o todos los de un encuentro en un solo archivo."""

from datetime import date

from territorios.documentos import a_pdf, nombre_de_pdf

from .correos import horas_de

PLANTILLA = "talleres/documentos/oficio.html"


def oficio_en_pdf(convocatoria):
    """El oficio como se emitió, aunque después haya cambiado el encuentro o la autoridad."""
    return _en_pdf([convocatoria], f"Oficio {convocatoria.codigo}")


def oficios_en_pdf(encuentro, convocatorias):
    return _en_pdf(convocatorias, f"Oficios de convocatoria · {encuentro.nombre_corto}")


def nombre_de_oficio(convocatoria):
    return nombre_de_pdf("Oficio", convocatoria.codigo, convocatoria.gad.nombre)


def nombre_de_oficios(encuentro):
    return nombre_de_pdf("Oficios", encuentro.lugar, encuentro.fecha.isoformat())


def _en_pdf(convocatorias, titulo):
    oficios = [
        {
            "convocatoria": una,
            "dia": date.fromisoformat(una.hechos["fecha"]),
            "horas": horas_de(una.hechos),
            "horas_distintas": _horas_distintas(una.hechos),
        }
        for una in convocatorias
    ]
    contexto = {"oficios": oficios, "fecha": convocatorias[0].fecha}
    return a_pdf(PLANTILLA, contexto, titulo=titulo)


def _horas_distintas(hechos):
    """Si la agenda no empieza o no termina a las horas fijadas para el encuentro."""
    fijadas = hechos["inicio"], hechos["fin"]
    if not hechos["agenda"] or "" in fijadas:
        return False
    return fijadas != (hechos["agenda"][0][0], hechos["agenda"][-1][1])
