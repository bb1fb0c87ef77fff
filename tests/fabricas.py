"""Fábricas: un objeto válido de cada clase con lo mínimo dicho.

Los códigos son de verdad (08 Esmeraldas, 0807 Rioverde…) pero el territorio es diminuto: cada
fábrica reutiliza la zona y la provincia que ya existan.
"""

from datetime import date, time

import factory
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from factory.django import DjangoModelFactory

from acompanamiento.models import (
    Acuerdo,
    Criterio,
    ElementoEstrategia,
    Estrategia,
    Grupo,
    Hito,
    HitoGrupo,
    LineaProgramatica,
    Membresia,
    Pronunciamiento,
)
from pdot.models import Evaluacion, Instrumento, Pdot, Pregunta, Respuesta, Seccion
from talleres.models import (
    Aporte,
    Encuentro,
    PlantillaEncuentro,
    PuntoAgenda,
    SuscripcionCalendario,
    Traslado,
)
from talleres.models.suscripcion import resumir
from territorios.jurisdiccion import Rol
from territorios.models import Autoridad, Entidad, Gad, Territorio, Usuario, Zona

CLAVE = "manglar-tagua-2019"


# --- Territorio ---------------------------------------------------------------------------------


class ZonaFactory(DjangoModelFactory):
    class Meta:
        model = Zona
        django_get_or_create = ["numero"]

    numero = 1
    nombre = factory.Maybe(factory.LazyAttribute(lambda z: z.numero == 4), "Pacífico", "Norte")
    sede = factory.Maybe(factory.LazyAttribute(lambda z: z.numero == 4), "Ciudad Alfaro", "Ibarra")


class ProvinciaFactory(DjangoModelFactory):
    class Meta:
        model = Territorio
        django_get_or_create = ["codigo"]

    codigo = "08"
    nivel = Territorio.Nivel.PROVINCIA
    nombre = factory.LazyAttribute(
        lambda provincia: {"08": "Esmeraldas", "13": "Manabí"}.get(provincia.codigo, "Azuay")
    )
    zona = factory.SubFactory(ZonaFactory)


class CantonFactory(DjangoModelFactory):
    """Cantón de la provincia dada; sin código, el siguiente libre (0811, 0812…)."""

    class Meta:
        model = Territorio
        django_get_or_create = ["codigo"]

    padre = factory.SubFactory(ProvinciaFactory)
    codigo = factory.LazyAttributeSequence(lambda t, n: f"{t.padre.codigo}{11 + n % 88:02d}")
    nivel = Territorio.Nivel.CANTON
    nombre = factory.LazyAttribute(lambda t: f"Cantón {t.codigo}")
    zona = factory.SelfAttribute("padre.zona")


class ParroquiaFactory(DjangoModelFactory):
    """Parroquia rural del cantón dado; sin código, la siguiente desde la 60."""

    class Meta:
        model = Territorio
        django_get_or_create = ["codigo"]

    padre = factory.SubFactory(CantonFactory)
    codigo = factory.LazyAttributeSequence(lambda t, n: f"{t.padre.codigo}{60 + n % 40:02d}")
    nivel = Territorio.Nivel.PARROQUIA
    nombre = factory.LazyAttribute(lambda t: f"Parroquia {t.codigo}")
    zona = factory.SelfAttribute("padre.zona")


class GadFactory(DjangoModelFactory):
    """GAD del territorio dado (por omisión, un cantón): nivel y nombre salen del territorio."""

    class Meta:
        model = Gad
        django_get_or_create = ["territorio"]

    territorio = factory.SubFactory(CantonFactory)
    nivel = factory.LazyAttribute(
        lambda gad: {
            Territorio.Nivel.PROVINCIA: Gad.Nivel.PROVINCIAL,
            Territorio.Nivel.CANTON: Gad.Nivel.MUNICIPAL,
            Territorio.Nivel.PARROQUIA: Gad.Nivel.PARROQUIAL,
        }[gad.territorio.nivel]
    )
    nombre_oficial = factory.LazyAttribute(
        lambda gad: f"GAD {Gad.Nivel(gad.nivel).label} de {gad.territorio.nombre}"
    )


class GadProvincialFactory(GadFactory):
    territorio = factory.SubFactory(ProvinciaFactory)


class GadParroquialFactory(GadFactory):
    territorio = factory.SubFactory(ParroquiaFactory)


class AutoridadFactory(DjangoModelFactory):
    class Meta:
        model = Autoridad

    gad = factory.SubFactory(GadFactory)
    nombre = factory.Sequence(lambda n: f"Autoridad de prueba {n}")
    cargo = factory.LazyAttribute(lambda a: a.gad.titulo_autoridad)
    desde = date(2019, 5, 15)


class EntidadFactory(DjangoModelFactory):
    class Meta:
        model = Entidad
        django_get_or_create = ["clave"]

    clave = "stpe"
    nombre = "Secretaría Técnica Planifica Ecuador"
    siglas = "STPE"
    tipo = Entidad.Tipo.RECTORA


class UsuarioFactory(DjangoModelFactory):
    """Persona con cuenta; su clave es `CLAVE`. Sin más, observador del país."""

    class Meta:
        model = Usuario

    class Params:
        es_central = factory.Trait(rol=Rol.CENTRAL)
        es_zonal = factory.Trait(rol=Rol.ZONAL, zona=factory.SubFactory(ZonaFactory))
        es_planificador = factory.Trait(rol=Rol.PLANIFICADOR, gad=factory.SubFactory(GadFactory))

    username = factory.Sequence(lambda n: f"persona{n}")
    email = factory.LazyAttribute(lambda usuario: f"{usuario.username}@ejemplo.gob.ec")
    password = factory.LazyFunction(lambda: make_password(CLAVE))
    rol = Rol.OBSERVADOR


# --- Acompañamiento -----------------------------------------------------------------------------


class EstrategiaFactory(DjangoModelFactory):
    class Meta:
        model = Estrategia
        django_get_or_create = ["codigo"]

    codigo = "piloto-2019"
    nombre = "Piloto Manabí-Esmeraldas 2019"
    desde = date(2019, 8, 1)
    hasta = date(2019, 12, 31)
    objetivo_general = "Acompañar la actualización de los PDOT."


class CriterioFactory(DjangoModelFactory):
    class Meta:
        model = Criterio
        django_get_or_create = ["nombre"]

    nombre = "Turismo"


class GrupoFactory(DjangoModelFactory):
    """Grupo en marcha; `miembros=[gad, …]` crea sus membresías desde el inicio de la estrategia."""

    class Meta:
        model = Grupo
        skip_postgeneration_save = True

    estrategia = factory.SubFactory(EstrategiaFactory)
    numero = factory.Sequence(lambda n: n % 30_000 + 10)
    nombre = factory.LazyAttribute(lambda grupo: f"Grupo de prueba {grupo.numero}")
    criterio = factory.SubFactory(CriterioFactory)
    zona = factory.SubFactory(ZonaFactory)
    estado = Grupo.Estado.EN_MARCHA

    @factory.post_generation
    def miembros(grupo, crear, gads, **kwargs):
        for gad in gads or []:
            Membresia.objects.create(grupo=grupo, gad=gad, desde=grupo.estrategia.desde)


class AcuerdoFactory(DjangoModelFactory):
    """Acuerdo pendiente, con plazo de sobra y a cargo del GAD dado."""

    class Meta:
        model = Acuerdo

    grupo = factory.SubFactory(GrupoFactory)
    numero = factory.Sequence(lambda n: n % 30_000 + 1)
    texto = factory.Sequence(lambda n: f"Compartir la cartografía {n}")
    responsable_gad = factory.SubFactory(GadFactory)
    fecha_limite = date(2099, 12, 31)


class HitoFactory(DjangoModelFactory):
    class Meta:
        model = Hito

    clave = factory.Sequence(lambda n: f"hito-{n}")
    nombre = factory.Sequence(lambda n: f"Hito de prueba {n}")
    orden = factory.Sequence(lambda n: n % 30_000 + 1)


class HitoGrupoFactory(DjangoModelFactory):
    """Un hito en la hoja de ruta de un grupo, sin fechas."""

    class Meta:
        model = HitoGrupo

    grupo = factory.SubFactory(GrupoFactory)
    hito = factory.SubFactory(HitoFactory)


class EjeFactory(DjangoModelFactory):
    """Un eje estratégico; sin más, el primero de la estrategia."""

    class Meta:
        model = ElementoEstrategia
        django_get_or_create = ["estrategia", "tipo", "orden"]

    estrategia = factory.SubFactory(EstrategiaFactory)
    tipo = ElementoEstrategia.Tipo.EJE_ESTRATEGICO
    orden = 1
    nombre = "Identidad cultural"


class LineaFactory(DjangoModelFactory):
    """Línea de una provincia en borrador; con el rasgo `consultada_hoy`, en consulta."""

    class Meta:
        model = LineaProgramatica

    class Params:
        consultada_hoy = factory.Trait(
            estado="en_consulta", ronda=1, consultada=factory.LazyFunction(timezone.localdate)
        )

    estrategia = factory.SubFactory(EstrategiaFactory)
    provincia = factory.SubFactory(GadProvincialFactory)
    eje = factory.SubFactory(EjeFactory, estrategia=factory.SelfAttribute("..estrategia"))
    numero = factory.Sequence(lambda n: n % 30_000 + 1)
    nombre = factory.Sequence(lambda n: f"Turismo comunitario {n}")
    texto = "Fomentar el turismo comunitario en toda la provincia."


class PronunciamientoFactory(DjangoModelFactory):
    """El GAD dado valida el texto de hoy de la línea."""

    class Meta:
        model = Pronunciamiento

    linea = factory.SubFactory(LineaFactory, consultada_hoy=True)
    gad = factory.SubFactory(GadFactory)
    ronda = factory.SelfAttribute("linea.ronda")
    sentido = "valida"
    fecha = factory.LazyFunction(timezone.localdate)
    por = factory.SubFactory(UsuarioFactory)


# --- Talleres -----------------------------------------------------------------------------------


class EncuentroFactory(DjangoModelFactory):
    """Taller M3 de una mañana; `grupos=[…]` lo pone en la agenda de esos grupos."""

    class Meta:
        model = Encuentro
        skip_postgeneration_save = True

    estrategia = factory.SubFactory(EstrategiaFactory)
    tipo = Encuentro.Tipo.M3
    tema = factory.Sequence(lambda n: f"Taller de prueba {n}")
    fecha = date(2019, 8, 22)
    inicio = time(8, 30)
    fin = time(12, 30)
    jornada = Encuentro.Jornada.MANANA
    lugar = "Rioverde"

    @factory.post_generation
    def grupos(encuentro, crear, grupos, **kwargs):
        if grupos:
            encuentro.grupos.set(grupos)


class PuntoAgendaFactory(DjangoModelFactory):
    class Meta:
        model = PuntoAgenda

    encuentro = factory.SubFactory(EncuentroFactory)
    orden = factory.Sequence(lambda n: n % 30_000 + 1)
    titulo = "Bienvenida"
    inicio = time(8, 30)
    fin = time(9, 0)


class PlantillaFactory(DjangoModelFactory):
    """Plantilla de M3 sin piezas."""

    class Meta:
        model = PlantillaEncuentro

    tipo = Encuentro.Tipo.M3
    nombre = factory.Sequence(lambda n: f"Plantilla de prueba {n}")


class AporteFactory(DjangoModelFactory):
    """Aporte de un encuentro; sin encuentro ni grupo es común a toda la estrategia."""

    class Meta:
        model = Aporte

    estrategia = factory.SubFactory(EstrategiaFactory)
    momento = Aporte.Momento.M3
    orden = factory.Sequence(lambda n: n % 30_000 + 1)
    texto = factory.Sequence(lambda n: f"Aporte de prueba {n}")


class TrasladoFactory(DjangoModelFactory):
    class Meta:
        model = Traslado

    estrategia = factory.SubFactory(EstrategiaFactory)
    fecha = date(2019, 8, 22)
    jornada = Encuentro.Jornada.MANANA
    origen = "Esmeraldas"
    destino = "Rioverde"


class SuscripcionFactory(DjangoModelFactory):
    """El calendario propio de una persona; lo abre `clave`, que no se guarda."""

    class Meta:
        model = SuscripcionCalendario

    class Params:
        clave = factory.Sequence(lambda n: f"clave-de-prueba-{n}")

    usuario = factory.SubFactory(UsuarioFactory)
    nombre = factory.Sequence(lambda n: f"Teléfono {n}")
    resumen = factory.LazyAttribute(lambda suscripcion: resumir(suscripcion.clave))


# --- PDOT ---------------------------------------------------------------------------------------


class PdotFactory(DjangoModelFactory):
    class Meta:
        model = Pdot

    gad = factory.SubFactory(GadFactory)
    anio_desde = 2015
    anio_hasta = 2019


class SeccionFactory(DjangoModelFactory):
    class Meta:
        model = Seccion

    instrumento = factory.SubFactory("tests.fabricas.InstrumentoFactory")
    codigo = factory.Sequence(lambda n: f"s{n}")
    orden = factory.Sequence(lambda n: n % 30_000 + 10)
    titulo = "Sección de prueba"


class PreguntaFactory(DjangoModelFactory):
    class Meta:
        model = Pregunta

    seccion = factory.SubFactory(SeccionFactory)
    codigo = factory.Sequence(lambda n: f"p{n}")
    orden = factory.Sequence(lambda n: n % 30_000 + 10)
    tipo = Pregunta.Tipo.ESCALA
    texto = "¿Pregunta de prueba?"


class InstrumentoFactory(DjangoModelFactory):
    """Instrumento publicado y vacío; con `con_preguntas`, dos secciones, la hoja de visión y seis
    preguntas:

    tres de escala para todos, una de texto optativa, una solo para provincias y cantones, y una
    solo para parroquias.
    """

    class Meta:
        model = Instrumento
        django_get_or_create = ["numero"]
        skip_postgeneration_save = True

    numero = 1
    nombre = "Guía de evaluación cualitativa"
    publicado = True

    @factory.post_generation
    def con_preguntas(instrumento, crear, pedidas, **kwargs):
        if not pedidas:
            return
        interna = SeccionFactory(
            instrumento=instrumento,
            codigo="interna",
            orden=1,
            titulo="Coherencia interna",
            mide=Seccion.Mide.INTERNA,
        )
        externa = SeccionFactory(
            instrumento=instrumento, codigo="externa", orden=2, titulo="Coherencia externa"
        )
        SeccionFactory(
            instrumento=instrumento,
            codigo="vision",
            orden=100,
            clase=Seccion.Clase.VISION,
            titulo="Nueva visión y problemas",
        )
        for orden, (codigo, texto) in enumerate(
            [
                ("a1", "¿La visión es concreta?"),
                ("a2", "¿La visión es alcanzable?"),
                ("a3", "¿Los objetivos son coherentes con las necesidades?"),
            ],
            1,
        ):
            PreguntaFactory(seccion=interna, codigo=codigo, orden=orden, texto=texto)
        PreguntaFactory(
            seccion=externa,
            codigo="b1",
            orden=1,
            tipo=Pregunta.Tipo.TEXTO,
            texto="¿Qué sinergias pueden potenciarse?",
            obligatoria=False,
        )
        PreguntaFactory(
            seccion=externa,
            codigo="b2",
            orden=2,
            texto="¿La visión cantonal se vincula con la provincial?",
            niveles="provincial,municipal",
        )
        PreguntaFactory(
            seccion=externa,
            codigo="b3",
            orden=3,
            texto="¿La visión parroquial se vincula con la cantonal?",
            niveles="parroquial",
        )


class EvaluacionFactory(DjangoModelFactory):
    """Evaluación en borrador y vacía; `respondida="texto"` responde cada pregunta de su nivel."""

    class Meta:
        model = Evaluacion
        skip_postgeneration_save = True

    pdot = factory.SubFactory(PdotFactory)
    instrumento = factory.SubFactory(InstrumentoFactory, con_preguntas=True)
    estado = Evaluacion.Estado.BORRADOR

    @factory.post_generation
    def respondida(evaluacion, crear, texto, **kwargs):
        if not texto:
            return
        nivel = evaluacion.pdot.gad.nivel
        for pregunta in Pregunta.objects.para_nivel(evaluacion.instrumento, nivel):
            valor = Respuesta.Valor.PARCIAL if pregunta.es_escala else ""
            Respuesta.objects.create(
                evaluacion=evaluacion, pregunta=pregunta, valor=valor, texto=texto
            )
