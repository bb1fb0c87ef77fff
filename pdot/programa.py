"""Lo que muestra la página de un programa: qué falta traducir al PDOT y qué objetivo quedó solo."""

from territorios.bitacora import cambios_de

from .models import ProgramaGobierno, Proyecto, escribe_por, esta_a_la_vista


def contexto_de_programa(programa, usuario):
    """Contexto de la página. Los proyectos y los objetivos, en tres consultas."""
    proyectos = list(programa.proyectos.prefetch_related("objetivos__pdot"))
    objetivos = list(programa.pdot.objetivos.all())
    tocados = {uno.pk for proyecto in proyectos for uno in proyecto.objetivos.all()}
    del_plan = {uno.pk for uno in objetivos}
    for proyecto in proyectos:
        proyecto.traducido = any(uno.pk in del_plan for uno in proyecto.objetivos.all())
    return {
        "programa": programa,
        "gad": programa.gad,
        "proyectos": proyectos,
        "objetivos": objetivos,
        "sin_traducir": [proyecto for proyecto in proyectos if not proyecto.traducido],
        "sin_proyecto": [uno for uno in objetivos if uno.pk not in tocados],
        "edita": escribe_por(usuario, programa.gad),
        "sigue_su_proceso": esta_a_la_vista(usuario, programa.gad),
    }


def bitacora_de_programa(usuario, programa):
    nombres = {
        ProgramaGobierno: lambda fila: "el programa",
        Proyecto: lambda fila: f"el proyecto «{fila.nombre[:60]}»",
    }
    return cambios_de(
        usuario,
        programa.historia.all(),
        hijas=[Proyecto.historia.filter(programa=programa.pk)],
        nombrar=lambda fila: nombres[fila.instance_type](fila),
    )
