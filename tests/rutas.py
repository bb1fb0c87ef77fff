"""Las rutas de la plataforma sacadas del resolvedor, y a quién le toca cada cosa del elenco.

Una ruta nueva entra sola en las pruebas. Si trae un parámetro que aquí no se conoce, la prueba
falla y dice cuál: se agrega a `muestrario` con una cosa que alguien vea y otro no.
"""

import re
from dataclasses import dataclass

import pytest
from django.urls import URLPattern, get_resolver, reverse

from pdot.models import Instrumento
from talleres.models import Puerta
from territorios.jurisdiccion import PERMISOS, Permiso

from .elenco_talleres import CLAVE_DE_CALENDARIO
from .fabricas_documentos import emitido
from .fabricas_instrumento import borrador_de_instrumento
from .fabricas_puerta import CODIGO, SEMILLA

PARAMETRO = re.compile(r"<(?:\w+:)?(\w+)>")
# El admin y las cuentas se miran aparte: no llevan `permiso`.
ADMIN = "admin"
# La API no pide sesión sino llave, y responde en JSON: su matriz está en tests/pdot/test_api.py.
CON_LLAVE = "api/v1/"

PAIS = {"central", "observador"}
ZONA_1 = {"zonal1", "observador1"}
PLANIFICADORES = {"plan_rioverde", "plan_esmeraldas", "plan_chone"}
TODOS = PAIS | ZONA_1 | PLANIFICADORES | {"zonal4"}
SIN_SESION = ("anonimo", "inactivo")
IDENTIDADES = (*sorted(TODOS), *SIN_SESION)

GAD_DEL_PLAN = ("0807", "1303")
DE_UN_GAD = ("plan", "programa", "proyecto", "hito")

# Escrito a mano, y no con los QuerySet: así la matriz también los comprueba a ellos.
VEN = {
    "grupo1": PAIS | ZONA_1 | {"plan_rioverde", "plan_esmeraldas"},
    "grupo2": PAIS | ZONA_1 | {"zonal4"},
    "evaluacion 0807": {"plan_rioverde"},
    "evaluacion 0801": {"central", "zonal1", "plan_esmeraldas"},
    "evaluacion 1303": {"central", "zonal4", "plan_chone"},
    "evaluacion 0803": PAIS | ZONA_1 | {"zonal4"},
}
VEN |= {"encuentro1": VEN["grupo1"], "encuentro2": VEN["grupo2"]}
VEN |= {
    "foto 0807": VEN["evaluacion 0807"],
    # Con personas: los observadores no la ven aunque vean la evaluación.
    "foto 0803": VEN["evaluacion 0803"] - {"observador", "observador1"},
}
VEN["suscripcion"] = {"plan_chone"}
# Un aviso es de quien lo recibe: ni la central lo ve.
VEN |= {"aviso1": {"plan_rioverde"}, "aviso2": {"zonal4"}}
# A quién se convoca y qué responde: solo de quien edita el encuentro.
VEN |= {"convocatoria1": {"central", "zonal1"}, "convocatoria2": {"central", "zonal1", "zonal4"}}
VEN |= {"acuerdo1": VEN["grupo1"], "acuerdo2": VEN["grupo2"]}
VEN |= {"choque1": VEN["grupo1"], "choque2": VEN["grupo2"]}
VEN |= {"hito1": VEN["grupo1"], "hito2": VEN["grupo2"]}
VEN |= {
    "linea1": PAIS | ZONA_1 | {"plan_rioverde", "plan_esmeraldas"},
    "linea2": PAIS | {"zonal4", "plan_chone"},
    # El GAD provincial, que también lo ve, no tiene cuenta en el elenco.
    "linea borrador": {"central", "zonal1"},
}
# Nombres de personas: ni los observadores ni los planificadores, aunque vean el encuentro.
VEN |= {"participante1": {"central", "zonal1"}, "participante2": {"central", "zonal1", "zonal4"}}
VEN |= {
    "evidencia1": VEN["encuentro1"],
    # Con personas: los observadores no las ven.
    "evidencia2": VEN["encuentro2"] - {"observador", "observador1"},
    # La que se retiró, solo quien edita.
    "evidencia retirada": {"central", "zonal1"},
}
VEN |= {"tema1": VEN["grupo1"], "tema2": VEN["grupo2"]}
VEN |= {"aporte1": VEN["encuentro1"], "aporte2": VEN["encuentro2"]}
VEN |= {"certificado1": VEN["participante1"], "certificado2": VEN["participante2"]}
# La del GAD la declaró Rioverde; la otra es del grupo 2. Ningún plan está en borrador.
VEN |= {
    "necesidad1": PAIS | ZONA_1 | {"plan_rioverde", "plan_esmeraldas"},
    "necesidad2": VEN["grupo2"],
    "plan1": VEN["grupo1"],
    "plan2": VEN["grupo2"],
}
# El plan y el programa son públicos; en qué va el proceso, de quienes acompañan al GAD.
VEN |= {f"{que} {gad}": TODOS for que in ("plan", "programa", "proyecto") for gad in GAD_DEL_PLAN}
VEN |= {
    "hito 0807": VEN["grupo1"],
    "hito 1303": PAIS | {"zonal4", "plan_chone"},
}
# Un documento emitido no sale de su oficina; la central ve los de las zonas.
VEN |= {"documento 0807": {"plan_rioverde"}, "documento zona 1": {"central", "zonal1"}}
# De quien lo pidió y de la central, aunque otra zona pida lo mismo.
VEN |= {"trabajo1": {"central", "zonal1"}, "trabajo4": {"central", "zonal4"}}
VEN |= {"borrador1": VEN["trabajo1"], "emision4": VEN["trabajo4"]}
DEL_PLAN = {
    **dict.fromkeys((f"{que} 0807" for que in DE_UN_GAD), {"central", "zonal1", "plan_rioverde"}),
    **dict.fromkeys((f"{que} 1303" for que in DE_UN_GAD), {"central", "zonal4", "plan_chone"}),
}
# Lo que una oficina prepara no sale de ella; la central lee lo de las zonas.
DE_INFORMES = {
    "informe todo": {"central"},
    "informe zona 1": {"central", "zonal1"},
    "informe grupo1": {"central", "zonal1"},
    "informe grupo2": {"central", "zonal1", "zonal4"},
}
VEN |= DE_INFORMES
ESCRIBEN = {
    Permiso.EDITAR_PLANES: DEL_PLAN,
    Permiso.LLENAR_EVALUACION: {
        "evaluacion 0807": {"plan_rioverde"},
        "evaluacion 0801": {"plan_esmeraldas"},
        "evaluacion 1303": {"plan_chone"},
    },
    # En nombre de un GAD escribe quien lo pidió: en la muestra, nadie.
    Permiso.ESCRIBIR_EVALUACION: {
        "evaluacion 0807": {"plan_rioverde"},
        "evaluacion 0801": {"plan_esmeraldas"},
        "evaluacion 1303": {"plan_chone"},
        "foto 0807": {"plan_rioverde"},
    },
    Permiso.TRANSCRIBIR_EVALUACION: {
        "evaluacion 0807": {"zonal1"},
        "evaluacion 1303": {"zonal4"},
    },
    Permiso.REVISAR_EVALUACION: {
        "evaluacion 0801": {"central", "zonal1"},
        "evaluacion 1303": {"central", "zonal4"},
        "evaluacion 0803": {"central", "zonal1"},
    },
    Permiso.EDITAR_ACOMPANAMIENTO: {
        "grupo1": {"central", "zonal1"},
        "grupo2": {"central", "zonal1", "zonal4"},
        "encuentro1": {"central", "zonal1"},
        "encuentro2": {"central", "zonal1", "zonal4"},
        "acuerdo1": {"central", "zonal1"},
        "acuerdo2": {"central", "zonal1", "zonal4"},
        "convocatoria1": {"central", "zonal1"},
        "convocatoria2": {"central", "zonal1", "zonal4"},
        "aporte1": {"central", "zonal1"},
        "aporte2": {"central", "zonal1", "zonal4"},
        "evidencia1": {"central", "zonal1"},
        "evidencia2": {"central", "zonal1", "zonal4"},
        "evidencia retirada": {"central", "zonal1"},
        "tema1": {"central", "zonal1"},
        "tema2": {"central", "zonal1", "zonal4"},
        "plan1": {"central", "zonal1"},
        "plan2": {"central", "zonal1", "zonal4"},
        **DE_INFORMES,
    },
    # El grupo 2 lo coordina la zona 4: la 1 lo edita y no lo aprueba.
    Permiso.APROBAR_PLANES: {"plan1": {"central", "zonal1"}, "plan2": {"central", "zonal4"}},
    Permiso.DECLARAR_NECESIDADES: {
        "necesidad1": {"central", "zonal1", "plan_rioverde"},
        "necesidad2": {"central", "zonal1", "zonal4"},
    },
    Permiso.REGISTRAR_PARTICIPANTES: {
        "encuentro1": {"central", "zonal1"},
        "encuentro2": {"central", "zonal1", "zonal4"},
        "participante1": VEN["participante1"],
        "participante2": VEN["participante2"],
        "certificado1": VEN["certificado1"],
        "certificado2": VEN["certificado2"],
    },
    # Del acuerdo 1 responde Rioverde; Esmeraldas, del mismo grupo, lo ve y no lo anota.
    Permiso.ANOTAR_AVANCES: {
        "acuerdo1": {"central", "zonal1", "plan_rioverde"},
        "acuerdo2": {"central", "zonal1", "zonal4"},
        # El cumplimiento de la muestra es de la provincia, que no tiene cuenta en el elenco.
        "hito1": {"central", "zonal1"},
        "hito2": {"central", "zonal1", "zonal4"},
    },
    Permiso.DEFINIR_LINEAS: {
        "linea1": {"central", "zonal1"},
        "linea2": {"central", "zonal4"},
        "linea borrador": {"central", "zonal1"},
    },
    # La muestra es lo que dice Rioverde: no le toca la línea de la otra provincia ni un borrador.
    Permiso.PRONUNCIARSE: {"linea1": {"zonal1", "plan_rioverde"}},
}
# No es una fila de nadie: el avance de una zona lo abre ella y quien ve el país.
ZONAS = {"zona1": PAIS | ZONA_1, "zona4": PAIS | {"zonal4"}}
ESCRIBEN[Permiso.VER_ACOMPANAMIENTO] = VEN | ZONAS
PUBLICO = "de cualquiera con cuenta"


@dataclass(frozen=True)
class Ruta:
    """Una ruta; `parametros` son pares (último tramo fijo antes de él, nombre)."""

    nombre: str
    camino: str
    vista: object
    parametros: tuple

    @property
    def permiso(self):
        """El permiso que declara la vista; None si es pública; AttributeError si no dice nada."""
        return getattr(self.vista, "view_class", self.vista).permiso

    def direccion(self, valores=()):
        nombres = [nombre for _, nombre in self.parametros]
        return reverse(self.nombre, kwargs=dict(zip(nombres, valores, strict=True)))


def rutas(resolvedor=None, prefijo="", espacio=""):
    """Toda ruta que se alcanza desde config.urls."""
    for patron in (resolvedor or get_resolver()).url_patterns:
        camino = prefijo + str(patron.pattern)
        if isinstance(patron, URLPattern):
            nombre = f"{espacio}{patron.name}"
            yield Ruta(nombre, camino, patron.callback, tuple(_parametros(camino)))
        else:
            suyo = f"{patron.namespace}:" if patron.namespace else ""
            yield from rutas(patron, camino, espacio + suyo)


def _parametros(camino):
    fijo = ""
    for tramo in camino.split("/"):
        hallados = PARAMETRO.findall(tramo)
        yield from ((fijo, nombre) for nombre in hallados)
        fijo = fijo if hallados else tramo


def de_la_plataforma():
    """Las rutas propias: ni el admin, ni las cuentas de allauth, ni lo que se abre con llave."""
    ajenas = (f"{ADMIN}:", "account_", "mfa_")
    return [
        r for r in rutas() if not r.nombre.startswith(ajenas) and not r.camino.startswith(CON_LLAVE)
    ]


@pytest.fixture
def sin_pdf(monkeypatch):
    """Importa quién recibe el documento, no componerlo: se devuelve su HTML.

    Se pide antes que lo demás, para que tampoco se compongan los documentos de la muestra.
    """
    monkeypatch.setattr("territorios.documentos.html_a_pdf", lambda html, *a, **k: html.encode())


@pytest.fixture
def muestrario(
    grupo1,
    grupo2,
    encuentro1,
    encuentro2,
    acuerdos,
    aportes,
    promociones,
    evidencias,
    hitos,
    lineas,
    evaluaciones,
    fotos,
    suscripcion,
    participantes,
    certificados,
    convocatorias,
    temas,
    capacidades,
    del_plan,
    informes,
    avisos,
    documentos,
    llave_de_api,
    publicacion,
    en_bloque,
):
    """(tramo, parámetro) → [(valor, qué es)], con algo propio y algo ajeno para cada quien."""
    grupos = [(grupo1.pk, "grupo1"), (grupo2.pk, "grupo2")]
    return {
        ("grupos", "pk"): grupos,
        ("grupos", "grupo"): grupos,
        ("encuentros", "pk"): [(encuentro1.pk, "encuentro1"), (encuentro2.pk, "encuentro2")],
        ("participantes", "pk"): [(uno.pk, nombre) for nombre, uno in participantes.items()],
        ("certificados", "pk"): [(uno.pk, nombre) for nombre, uno in certificados.items()],
        ("llaves", "pk"): [(llave_de_api.pk, PUBLICO)],
        # Los datos abiertos no piden cuenta.
        ("datos", "clave"): [(publicacion.clave, PUBLICO)],
        ("datos", "nombre"): [("gad.csv", PUBLICO)],
        # Tampoco piden cuenta: el registro por QR y la comprobación de un certificado.
        ("r", "clave"): [(Puerta(semilla=SEMILLA).clave, PUBLICO)],
        ("c", "codigo"): [(CODIGO, PUBLICO)],
        ("en-bloque", "pk"): [(trabajo.pk, nombre) for nombre, trabajo in en_bloque.items()],
        ("temas", "pk"): [(tema.pk, nombre) for nombre, tema in temas.items()],
        ("avisos", "pk"): [(aviso.pk, nombre) for nombre, aviso in avisos.items()],
        ("acuerdos", "pk"): [(acuerdo.pk, nombre) for nombre, acuerdo in acuerdos.items()],
        ("aportes", "pk"): [(aporte.pk, nombre) for nombre, aporte in aportes.items()],
        ("cumulos", "pk"): [(aporte.cumulo_id, nombre) for nombre, aporte in aportes.items()],
        ("promociones", "pk"): [(una.pk, nombre) for nombre, una in promociones.items()],
        ("promover", "clase"): [(clase, PUBLICO) for clase in ("vision", "problema", "acuerdo")],
        ("evidencias", "pk"): [(una.pk, nombre) for nombre, una in evidencias.items()],
        ("necesidades", "pk"): [
            (capacidades[nombre].pk, nombre) for nombre in ("necesidad1", "necesidad2")
        ],
        ("capacidades", "pk"): [(capacidades[f"plan{n}"].pk, f"plan{n}") for n in (1, 2)],
        # Una actividad se ve y se cambia como su plan.
        ("actividades", "pk"): [(capacidades[f"actividad{n}"].pk, f"plan{n}") for n in (1, 2)],
        ("hitos", "pk"): [(hito.pk, nombre) for nombre, hito in hitos.items()],
        ("cumplimiento", "codigo"): [("08", PUBLICO)],
        ("lineas", "pk"): [(linea.pk, nombre) for nombre, linea in lineas.items()],
        # Ven y definen en una provincia los mismos que en su línea en consulta.
        ("lineas", "provincia"): [("08", "linea1"), ("13", "linea2")],
        ("prefectura", "estrategia"): [(grupo1.estrategia.codigo, PUBLICO)],
        ("prefectura", "provincia"): [("08", "linea1"), ("13", "linea2")],
        ("pronunciamiento", "codigo"): [("0807", PUBLICO)],
        ("evaluaciones", "pk"): [
            (fila.pk, f"evaluacion {codigo}") for codigo, fila in evaluaciones.items()
        ],
        # Si son de distinto GAD, comparar lleva a elegir otras dos.
        ("comparar", "otra"): [
            (evaluaciones[codigo].pk, f"evaluacion {codigo}") for codigo in ("0801", "0803")
        ],
        ("evaluaciones", "codigo"): [("interna", PUBLICO), ("vision", PUBLICO)],
        # Llena en nombre de un GAD la zona de su evaluación.
        ("en-nombre", "codigo"): [("0807", "evaluacion 0807"), ("1303", "evaluacion 1303")],
        ("documentos", "pk"): [(uno.pk, nombre) for nombre, uno in documentos.items()],
        # Se comprueba sin cuenta; el código de un certificado lleva a la página del suyo.
        ("d", "codigo"): [
            (emitido(documentos["documento zona 1"].emitido_por).codigo_legible, PUBLICO),
            (CODIGO, PUBLICO),
        ],
        **muestras_del_instrumento(),
        ("exportar", "que"): [("respuestas", PUBLICO), ("vision", PUBLICO)],
        ("fotos", "codigo"): [("interna", PUBLICO)],
        ("fotos", "pk"): [(foto.pk, nombre) for nombre, foto in fotos.items()],
        ("pregunta", "codigo"): [("a1", PUBLICO)],
        # La provincia es miembro de los dos grupos.
        ("miembro", "codigo"): [("08", PUBLICO)],
        ("indicadores", "indicador"): [("aprobados", PUBLICO), ("evaluados", PUBLICO)],
        **{
            (tramo, "pk"): [(una.pk, nombre) for nombre, una in del_plan.items() if que in nombre]
            for tramo, que in (("planes", "plan"), ("programas", "programa"), ("proyectos", "proy"))
        },
        ("nuevo", "codigo"): [(codigo, f"plan {codigo}") for codigo in GAD_DEL_PLAN],
        ("proceso", "codigo"): [(codigo, f"hito {codigo}") for codigo in GAD_DEL_PLAN],
        ("proceso", "clave"): [("inicio", PUBLICO)],
        ("gad", "codigo"): [("0807", PUBLICO), ("130352", PUBLICO), ("13", PUBLICO)],
        # El avance de un GAD lo abre quien ve su proceso.
        ("zonas", "zona"): [(1, "zona1"), (4, "zona4")],
        ("gad", "gad"): [(codigo, f"hito {codigo}") for codigo in GAD_DEL_PLAN],
        ("zonas", "numero"): [(1, PUBLICO), (4, PUBLICO)],
        ("informes", "codigo"): [(grupo1.estrategia.codigo, PUBLICO)],
        ("informes", "de"): [(informe.clave, nombre) for nombre, informe in informes.items()],
        ("estrategias", "codigo"): [(grupo1.estrategia.codigo, PUBLICO)],
        ("choques", "estrategia"): [(grupo1.estrategia.codigo, PUBLICO)],
        ("cronograma", "estrategia"): [(grupo1.estrategia.codigo, PUBLICO)],
        ("mes", "mes"): [("2019-08", PUBLICO)],
        ("suscripciones", "pk"): [(suscripcion.pk, "suscripcion")],
        # No pide cuenta: la abre cualquiera que tenga la clave.
        ("calendario", "clave"): [(CLAVE_DE_CALENDARIO, PUBLICO)],
        ("convocatorias", "pk"): [
            (convocatorias[nombre].pk, nombre) for nombre in ("convocatoria1", "convocatoria2")
        ],
        # Tampoco pide cuenta: la abre quien tiene el enlace, y es de un encuentro por venir.
        ("responder", "enlace"): [(convocatorias["enlace"], PUBLICO)],
        ("cronograma", "semana"): [("2019-W34", PUBLICO), ("2019-W35", PUBLICO)],
    }


def muestras_del_instrumento():
    """Uno publicado (1) y un borrador (2): la primera sección y pregunta, y la hoja del 2."""
    borrador = borrador_de_instrumento(2)
    guias = Instrumento.objects.order_by("numero")
    secciones = [guia.secciones.first() for guia in guias]
    hoja = borrador.secciones.exclude(clase="preguntas").first()
    return {
        ("instrumentos", "numero"): [(guia.numero, PUBLICO) for guia in guias],
        ("vista", "nivel"): [("parroquial", PUBLICO)],
        ("secciones", "pk"): [(una.pk, PUBLICO) for una in (*secciones, hoja)],
        ("preguntas", "pk"): [(una.preguntas.first().pk, PUBLICO) for una in secciones],
        ("formulario", "nivel"): [("municipal", PUBLICO)],
    }


def combinaciones(parametros, muestrario):
    """Cada manera de llenar los parámetros: (valores, cosas que se tocan)."""
    if not parametros:
        return [((), ())]
    primero, *resto = parametros
    if primero not in muestrario:
        raise LookupError(
            f"No hay muestra para el parámetro «{primero[1]}» después de «{primero[0]}/»: "
            "agréguela en tests/rutas.py, muestrario()."
        )
    return [
        ((valor, *valores), (cosa, *cosas))
        for valor, cosa in muestrario[primero]
        for valores, cosas in combinaciones(resto, muestrario)
    ]


def alcanza(quien, permiso, cosas):
    """Si a esa persona le tocan todas esas cosas, para lo que ese permiso permite hacer."""
    tabla = ESCRIBEN.get(permiso, VEN)
    return all(cosa == PUBLICO or quien in tabla.get(cosa, ()) for cosa in cosas)


def tiene(usuario, permiso):
    return permiso in PERMISOS[usuario.rol]
