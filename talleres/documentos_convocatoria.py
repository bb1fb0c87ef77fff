"""Los oficios de convocatoria en PDF: uno, o todos los de un encuentro en un solo archivo."""

from datetime import date

from territorios.documentos import nombre_de_pdf
from territorios.emision import Pliego

from .correos import horas_de

PLANTILLA = "talleres/documentos/oficio.html"


def oficio_en_pdf(convocatoria):
    """El Pliego del oficio como se emitió, aunque después cambie el encuentro o la autoridad."""
    return _pliego(
        [convocatoria],
        titulo=f"Oficio n.º {convocatoria.codigo}",
        clave=f"oficio:{convocatoria.pk}",
        nombre=nombre_de_oficio(convocatoria),
    )


def oficios_en_pdf(encuentro, convocatorias):
    """El Pliego con los oficios de todos, uno por hoja."""
    return _pliego(
        convocatorias,
        titulo=f"Oficios de convocatoria · {encuentro.nombre_corto}",
        clave=f"oficios:{encuentro.pk}",
        nombre=nombre_de_oficios(encuentro),
    )


def nombre_de_oficio(convocatoria):
    return nombre_de_pdf("Oficio", convocatoria.codigo, convocatoria.gad.nombre)


def nombre_de_oficios(encuentro):
    return nombre_de_pdf("Oficios", encuentro.lugar, encuentro.fecha.isoformat())


def _pliego(convocatorias, **datos):
    """Un oficio ya tiene su número, y va a nombre de una persona."""
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
    return Pliego(PLANTILLA, contexto, clase="Oficio", conserva=False, numera=False, **datos)


def _horas_distintas(hechos):
    """Si la agenda no empieza o no termina a las horas fijadas para el encuentro."""
    fijadas = hechos["inicio"], hechos["fin"]
    if not hechos["agenda"] or "" in fijadas:
        return False
    return fijadas != (hechos["agenda"][0][0], hechos["agenda"][-1][1])
