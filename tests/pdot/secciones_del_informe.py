"""Componer secciones del informe en las pruebas y llenar grupos con de todo."""

import re
from datetime import date

from django.template.loader import render_to_string

from pdot.informe import (
    acuerdos,
    capacidades,
    evaluaciones,
    necesidades,
    participantes,
    resultados,
    vision,
)
from pdot.informe.alcance import Alcance
from pdot.models import (
    ElementoVision,
    Instrumento,
    Pertenencia,
    TemaDeVision,
    VisionCircunvecina,
)
from tests.fabricas import (
    AcuerdoFactory,
    AporteFactory,
    EncuentroFactory,
    EvaluacionFactory,
    GadFactory,
    GrupoFactory,
    InstrumentoFactory,
    PdotFactory,
)
from tests.fabricas_capacidades import ActividadFactory, NecesidadFactory, PlanFactory
from tests.fabricas_registro import ParticipanteFactory

SECCIONES = {
    modulo.SECCION.clave: modulo.SECCION
    for modulo in (
        resultados,
        evaluaciones,
        vision,
        necesidades,
        acuerdos,
        capacidades,
        participantes,
    )
}


def contexto_de(clave, usuario, estrategia, **alcance):
    return SECCIONES[clave].contexto(Alcance(usuario, estrategia, **alcance))


def html_de(clave, usuario, estrategia, **alcance):
    contexto = contexto_de(clave, usuario, estrategia, **alcance)
    return render_to_string(SECCIONES[clave].plantilla, contexto)


def texto_de(html):
    """Lo que se lee, en una línea; sin lo que va dentro de las etiquetas."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def todo_el_html(usuario, estrategia, **alcance):
    return "".join(html_de(clave, usuario, estrategia, **alcance) for clave in SECCIONES)


def de_momento(tipo, grupo, **datos):
    """Un encuentro realizado del grupo."""
    comun = {"estrategia": grupo.estrategia, "grupos": [grupo], "estado": "realizado"}
    return EncuentroFactory(tipo=tipo, **comun | datos)


def grupo_con_todo(estrategia, zona, por):
    """Un grupo con dos GAD y, de cada cosa que una sección lee, al menos una fila."""
    gads = [GadFactory(), GadFactory()]
    grupo = GrupoFactory(estrategia=estrategia, zona=zona, miembros=gads)
    comun = {"estrategia": estrategia, "grupos": [grupo], "estado": "realizado"}
    dialogo = EncuentroFactory(tipo="M2", gad=gads[0], **comun)
    taller = EncuentroFactory(participantes_declarados=10, **comun)
    EncuentroFactory(jornada="tarde", jornada_de=taller, **comun)
    for encuentro in (dialogo, taller):
        momento = {"momento": encuentro.tipo, "encuentro": encuentro, "gad": gads[1]}
        AporteFactory(estrategia=estrategia, **momento)
        ParticipanteFactory(encuentro=encuentro, gad=gads[0])
    AporteFactory(estrategia=estrategia, grupo=grupo, momento="M1")
    instrumento = Instrumento.objects.first() or InstrumentoFactory(con_preguntas=True)
    for gad in gads:
        evaluacion = EvaluacionFactory(
            pdot=PdotFactory(gad=gad),
            instrumento=instrumento,
            estado="aprobada",
            respondida="Porque sí",
        )
        ElementoVision.objects.create(evaluacion=evaluacion, orden=1, texto="Puerto seguro")
    ElementoVision.objects.create(grupo=grupo, orden=1, texto="Territorio resiliente")
    compartido = ElementoVision.objects.create(grupo=grupo, orden=2, texto="Campo vivo")
    compartido.gads.set(gads)
    tema = TemaDeVision.objects.create(grupo=grupo, nombre="Riesgos", por=por)
    Pertenencia.objects.create(tema=tema, gad=gads[0], texto="Puerto seguro")
    VisionCircunvecina.objects.create(
        grupo=grupo,
        numero=1,
        estado="acordada",
        texto="Un litoral seguro.",
        encuentro=taller,
        fecha=date(2019, 8, 22),
        por=por,
    )
    acuerdo = AcuerdoFactory(grupo=grupo, responsable_gad=gads[0])
    acuerdo.partes.set([gads[1]])
    necesidad = NecesidadFactory(gad=gads[0])
    plan = PlanFactory(grupo=grupo, vigente=True)
    ActividadFactory(plan=plan, necesidades=[necesidad], gads=gads, encuentros=[taller])
    return grupo
