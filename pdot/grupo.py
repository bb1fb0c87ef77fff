"""Lo que muestra la página de un grupo circunvecino."""

from django.db.models import Exists, OuterRef
from django.urls import reverse

from acompanamiento.mapas import mapa_de_grupo
from acompanamiento.models import Acuerdo, Membresia
from talleres.asistencia import de_grupo
from talleres.models import Encuentro, Participante
from territorios.bitacora import cambios_de
from territorios.documentos import contar_por_nivel, por_nivel
from territorios.jurisdiccion import Permiso
from territorios.texto import enumerar

from .coherencia import matriz_de_grupo
from .cuadro import cuadro_de
from .documentos import aportes_por_momento, sin_equivoco
from .models import Informe, Necesidad, Promocion
from .promociones import tarjetas_de
from .vision import elementos_de_grupo

# De un elemento de la visión; `de_tarjeta`: si nació de alguna.
CAMPOS = ("pk", "texto", "dudosa", "de_tarjeta")


def ficha_de_grupo(grupo, usuario):
    """Contexto de la página. Las consultas no crecen con los miembros ni con los encuentros."""
    matriz = matriz_de_grupo(grupo, usuario)
    miembros = [fila.gad for fila in matriz.filas]
    necesidades = Necesidad.objects.visibles_para(usuario).de_grupo(grupo)
    necesidades = list(necesidades.annotate(de_tarjeta=Promocion.objects.dieron("necesidad")))
    nomina = Participante.objects.filter(encuentro=OuterRef("pk"))
    suyos = grupo.encuentros.select_related("gad__territorio")
    encuentros = list(suyos.annotate(con_nomina=Exists(nomina)))
    comunes, de_gads = _vision(grupo, matriz)
    elementos = [*comunes, *(uno for _, suyos in de_gads for uno in suyos)]
    _poner_tarjetas(elementos, necesidades, usuario)
    return {
        "lugar": "acompanamiento",
        "migas": [
            ("Inicio", reverse("inicio")),
            ("Acompañamiento", reverse("acompanamiento:inicio")),
            (grupo.estrategia.nombre, grupo.estrategia.get_absolute_url()),
            (f"Grupo {grupo.numero}", None),
        ],
        "grupo": grupo,
        "pagina_de_grupo": "grupo",
        "mapa": mapa_de_grupo(grupo, miembros) if miembros else None,
        "retomado_en": [] if grupo.esta_vivo else list(grupo.retomado_en.all()),
        "frase_miembros": contar_por_nivel(miembros),
        "miembros": por_nivel(miembros),
        "criterios_secundarios": enumerar([str(c) for c in grupo.criterios_secundarios.all()]),
        "momentos": _por_momento(encuentros),
        "cuantos_encuentros": len(encuentros),
        "declarados": [e for e in encuentros if e.participantes_declarados is not None],
        "asistencia": de_grupo(grupo) if any(e.con_nomina for e in encuentros) else None,
        "matriz": matriz,
        "en_camino": [f for f in matriz.filas if f.evaluacion and not f.esta_aprobada],
        "miembros_total": len(miembros),
        "sin_evaluar": len(miembros) - len(matriz.evaluadas),
        "cuadro": cuadro_de(matriz),
        "raiz": reverse("pdot:coherencia", args=[grupo.pk]),
        "vision_comun": comunes,
        "vision_de_gads": de_gads,
        "aportes": aportes_por_momento(grupo) if grupo.esta_conformado else [],
        "acuerdos": _acuerdos(grupo, usuario),
        "necesidades": necesidades,
        "clave_de_informe": Informe(grupo=grupo).clave,
        "puede_editar": usuario.puede(Permiso.EDITAR_ACOMPANAMIENTO),
        "puede_descargar": usuario.puede(Permiso.DESCARGAR_INFORMES),
    }


def _acuerdos(grupo, usuario):
    """Los que ve, cada uno con el encuentro en que nació."""
    suyos = Acuerdo.objects.visibles_para(usuario).filter(grupo=grupo)
    return suyos.para_lista().select_related("origen__encuentro")


def bitacora_de_grupo(usuario, grupo):
    """La del grupo y la de sus membresías: quién entró y quién salió."""

    def nombrar(fila):
        if fila.instance_type is Membresia:
            return f"la membresía de {fila.gad.nombre_con_lugar}"
        return "el grupo"

    membresias = Membresia.historia.filter(grupo=grupo.pk)
    return cambios_de(
        usuario,
        grupo.historia.all(),
        hijas=[membresias.select_related("gad__territorio__padre__padre")],
        nombrar=nombrar,
    )


def _por_momento(encuentros):
    """[(código, nombre, encuentros en orden)] de los cuatro tipos, también los vacíos."""
    return [
        (tipo, nombre, [encuentro for encuentro in encuentros if encuentro.tipo == tipo])
        for tipo, nombre in Encuentro.Tipo.choices
    ]


def _vision(grupo, matriz):
    """(elementos de todo el grupo, [(de quién, [elementos])]). Una consulta.

    Los de un GAD salen de su evaluación aprobada; los de una ficha compartida, del grupo.
    """
    gad_de = {fila.evaluacion.pk: fila.gad for fila in matriz.filas if fila.esta_aprobada}
    miembros = sin_equivoco([fila.gad for fila in matriz.filas])
    de_evaluacion = {evaluacion: gad.pk for evaluacion, gad in gad_de.items()}
    elementos, duenios = {}, {}
    for fila, gads in elementos_de_grupo(grupo, de_evaluacion):
        elementos[fila["pk"]] = {campo: fila[campo] for campo in CAMPOS}
        if gad := gad_de.get(fila["evaluacion"]):
            duenios[fila["pk"]] = {gad.pk: gad.nombre_con_lugar}
        else:
            duenios[fila["pk"]] = {c: miembros.get(c, nombre) for c, nombre in gads.items()}
    comunes, de_gads = [], {}
    for pk, suyos in duenios.items():
        # Se juntan por código y no por nombre: Esmeraldas es provincia y es cantón.
        _, lista = de_gads.setdefault(frozenset(suyos), (suyos, [])) if suyos else (None, comunes)
        lista.append(elementos[pk])
    return comunes, [(enumerar(sorted(s.values())), lista) for s, lista in de_gads.values()]


def _poner_tarjetas(elementos, necesidades, usuario):
    """Deja en cada elemento y en cada necesidad la `tarjeta` de que nació, si nació de una."""
    tarjetas = tarjetas_de(
        usuario,
        elemento_vision=[elemento["pk"] for elemento in elementos if elemento["de_tarjeta"]],
        necesidad=[necesidad for necesidad in necesidades if necesidad.de_tarjeta],
    )
    for elemento in elementos:
        elemento["tarjeta"] = tarjetas.get(("elemento_vision", elemento["pk"]))
    for necesidad in necesidades:
        necesidad.tarjeta = tarjetas.get(("necesidad", necesidad.pk))
