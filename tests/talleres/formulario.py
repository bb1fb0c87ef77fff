"""Llenar el formulario de un encuentro como lo haría un navegador, en sus dos pasos."""

from django.urls import reverse

CREAR = reverse("talleres:crear_encuentro")


def datos(grupo=None, **otros):
    """Lo que se teclea para un M3 de la mañana en la sede del grupo; `None` quita un campo."""
    tecleado = {
        "estrategia": grupo.estrategia_id if grupo else "",
        "tipo": "M3",
        "tema": "Taller con equipos técnicos",
        "fecha": "2019-09-10",
        "inicio": "08:30",
        "fin": "12:30",
        "modalidad": "presencial",
        "lugar": "Casa de la cultura",
        "canton": grupo.sede_id if grupo else "",
        "grupos": [grupo.pk] if grupo else [],
    } | otros
    return {campo: valor for campo, valor in tecleado.items() if valor is not None}


def base(grupo, tipo="M3", gad=""):
    return f"{tipo}:{grupo.pk}:{gad}"


def errores(respuesta):
    """{campo: [mensajes]} del formulario de la respuesta."""
    return {campo: list(lista) for campo, lista in respuesta.context["form"].errors.items()}


def propuestos(respuesta):
    """(códigos marcados, códigos sin marcar) de los convocados que muestra la página."""
    casillas = [
        casilla
        for _, suyas in respuesta.context["form"].opciones_de_convocados
        for casilla in suyas
    ]
    return (
        [gad.pk for gad, marcado in casillas if marcado],
        [gad.pk for gad, marcado in casillas if not marcado],
    )


def de_edicion(encuentro, **otros):
    """Lo que enviaría el formulario de edición sin tocar nada, más `otros`."""
    grupos = list(encuentro.grupos.order_by("pk"))
    tecleado = {
        "version_leida": encuentro.version,
        "tipo": encuentro.tipo,
        "clase": encuentro.clase,
        "tema": encuentro.tema,
        "fecha": encuentro.fecha.isoformat(),
        "inicio": encuentro.inicio.strftime("%H:%M") if encuentro.inicio else "",
        "fin": encuentro.fin.strftime("%H:%M") if encuentro.fin else "",
        "jornada": encuentro.jornada,
        "modalidad": encuentro.modalidad,
        "lugar": encuentro.lugar,
        "canton": encuentro.canton_id or "",
        "gad": encuentro.gad_id or "",
        "grupos": [grupo.pk for grupo in grupos],
        "convocados": list(encuentro.convocados.values_list("gad", flat=True)),
        "nota": encuentro.nota,
    } | otros
    claves = ",".join(sorted(str(pk) for pk in tecleado["grupos"]))
    tecleado.setdefault("base_convocados", f"{tecleado['tipo']}:{claves}:{tecleado['gad']}")
    return {campo: valor for campo, valor in tecleado.items() if valor is not None}


def ruta_editar(encuentro):
    return reverse("talleres:editar_encuentro", args=[encuentro.pk])
